import { z } from 'zod'

export const role = z.enum(['viewer', 'operator', 'admin'])
export type Role = z.infer<typeof role>

export const dataPlaneScopes = ['chat', 'embeddings', 'models', 'usage', 'feedback', 'training'] as const
export const scope = z.enum([...dataPlaneScopes, 'admin'])
export type Scope = z.infer<typeof scope>

export const regionMode = z.enum(['prefer', 'require'])
const streamMode = z.enum(['progressive', 'complete'])

/** `POST /api/admin/keys` (admin) */
export const createKeyBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  accountId: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"'),
  plan: z.string().trim().min(1).max(40).default('pro'),
  scopes: z
    .array(scope)
    .min(1)
    .default([...dataPlaneScopes]),
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
  /** Region that its requests prefer, or require and never leave. */
  region: z
    .strictObject({ name: z.string().min(1).max(100), mode: regionMode })
    .nullable()
    .default(null),
  /** How its streams come when the caller does not say; null = as the tier says. */
  streamMode: streamMode.nullable().default(null),
})

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  accountId: z.string(),
  prefix: z.string(),
  plan: z.string(),
  scopes: z.array(scope),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  state: z.enum(['active', 'expired', 'revoked']),
  region: z.object({ name: z.string(), mode: regionMode }).nullable(),
  streamMode: streamMode.nullable(),
})

/** The only answer that ever holds the secret. */
export const createdKey = z.object({ key: apiKeyView, secret: z.string() })

/** `GET /api/admin/accounts/{id}/region`; `PUT` (admin) takes `accountRegionBody`; null = anywhere. */
export const accountRegion = z.object({
  accountId: z.string(),
  region: z.object({ name: z.string(), mode: regionMode }).nullable(),
})
export const accountRegionBody = z.strictObject({
  region: z.strictObject({ name: z.string().min(1).max(100), mode: regionMode }).nullable(),
  reason: z.string().trim().min(3).max(500),
})

/** `GET /api/admin/keys`; `POST /api/admin/keys/{id}/revoke` takes `reasonBody`. */
export const keysView = z.object({ keys: z.array(apiKeyView) })
export const reasonBody = z.strictObject({ reason: z.string().trim().min(3).max(500) })

export const userView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  disabled: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSignInAt: z.iso.datetime().nullable(),
  signInMethods: z.array(z.string()),
})

/** `GET /api/admin/users`; `PATCH /api/admin/users/{id}` (admin; the last enabled admin cannot be demoted or disabled) */
export const usersView = z.object({ users: z.array(userView) })
export const updateUserBody = z.strictObject({ role: role.optional(), disabled: z.boolean().optional() })

/** `POST /api/admin/invites` (admin) answers `inviteLink`; `POST /api/admin/invites/accept` is open and rate limited. */
export const createInviteBody = z.strictObject({ role, email: z.email().max(200).nullable().default(null) })
export const inviteLink = z.object({ url: z.string(), expiresAt: z.iso.datetime() })
export const acceptInviteBody = z.strictObject({
  token: z.string().min(20).max(200),
  name: z.string().trim().min(1).max(80),
  email: z.email().max(200),
  password: z.string().min(12, 'must be at least 12 characters').max(128),
})

/** `GET /api/admin/me` */
export const me = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  role,
  via: z.enum(['session', 'api_key']),
})

export type AccountRegion = z.infer<typeof accountRegion>
export type ApiKeyView = z.infer<typeof apiKeyView>
export type CreatedKey = z.infer<typeof createdKey>
export type KeysView = z.infer<typeof keysView>
export type UserView = z.infer<typeof userView>
export type UsersView = z.infer<typeof usersView>
export type Me = z.infer<typeof me>
export type InviteLink = z.infer<typeof inviteLink>
