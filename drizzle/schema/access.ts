import { bigint, boolean, index, integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Keys with which the creator app calls the data plane. The secret itself is never stored. */
export const apiKeys = pgTable(
  'api_keys',
  {
    /** `key_…` */
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    /** First characters of the secret, for recognising it; not enough to use it. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the whole secret, hex. A plain hash suffices: the secret has 192 random bits. */
    secretHash: text('secret_hash').notNull(),
    plan: text('plan').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: instant('created_at').notNull(),
    /** User id, or the name of the bootstrap variable. */
    createdBy: text('created_by').notNull(),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    revokedBy: text('revoked_by'),
    /** The operator's own words. */
    revokedReason: text('revoked_reason'),
    /** Written in the background, at most once a minute a key. */
    lastUsedAt: instant('last_used_at'),
    /** Region that its requests prefer or require; null = the account's, else any. */
    region: text('region'),
    regionMode: text('region_mode', { enum: ['prefer', 'require'] }),
    /** `complete` holds its streams until they are whole; null = as the tier says. */
    streamMode: text('stream_mode', { enum: ['progressive', 'complete'] }),
  },
  (table) => [
    uniqueIndex('api_keys_secret_hash').on(table.secretHash),
    index('api_keys_account').on(table.accountId),
  ],
)

/** What holds for all requests of an account; no row = nothing special. */
export const accountPreferences = pgTable('account_preferences', {
  accountId: text('account_id').primaryKey(),
  /** Region that its requests prefer or require. */
  region: text('region'),
  regionMode: text('region_mode', { enum: ['prefer', 'require'] }),
  changedBy: text('changed_by').notNull(),
  changedAt: instant('changed_at').notNull(),
})

/** One-time links: the first operator's, and those by which admins invite others. */
export const invites = pgTable(
  'invites',
  {
    /** `inv_…` */
    id: text('id').primaryKey(),
    /** SHA-256 of the token in the link, hex. */
    tokenHash: text('token_hash').notNull(),
    role: text('role', { enum: ['viewer', 'operator', 'admin'] }).notNull(),
    email: text('email'),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    usedBy: text('used_by'),
  },
  (table) => [uniqueIndex('invites_token_hash').on(table.tokenHash)],
)

/** Console users. This table and the three below have the shapes better-auth reads and writes. */
export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  role: text('role', { enum: ['viewer', 'operator', 'admin'] })
    .notNull()
    .default('viewer'),
  /** A disabled user keeps their rows, but cannot sign in and has no session. */
  disabled: boolean('disabled').notNull().default(false),
  lastSignInAt: instant('last_sign_in_at'),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
})

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    token: text('token').notNull().unique(),
    expiresAt: instant('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [index('sessions_user').on(table.userId)],
)

/** How a user signs in: a password hash, or an identity at Entra ID. */
export const signInAccounts = pgTable(
  'sign_in_accounts',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: instant('access_token_expires_at'),
    refreshTokenExpiresAt: instant('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('sign_in_accounts_user').on(table.userId),
    uniqueIndex('sign_in_accounts_identity').on(table.providerId, table.accountId),
  ],
)

/** States of sign-ins at Entra ID that are under way. */
export const verifications = pgTable(
  'verifications',
  {
    id: text('id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [index('verifications_identifier').on(table.identifier)],
)

/** Counters against guessing (sign-in, invitations), shared by all instances; a window is counted from its first request. */
export const signInRateLimits = pgTable('sign_in_rate_limits', {
  /** What is counted, e.g. `address:203.0.113.7:/sign-in/email`; e-mail addresses only as a hash. */
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  /** Milliseconds since 1970. */
  windowStartMs: bigint('window_start_ms', { mode: 'number' }).notNull(),
})
