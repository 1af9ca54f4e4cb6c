import type { BetterAuthOptions } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { eq } from 'drizzle-orm'
import { ownOrigins } from '#lib/access/own-origins'
import { type Role, role } from '#lib/contracts/access'
import { sessions, signInAccounts, users, verifications } from '#schema/access'
import type { AccessLog } from '#server/access/access-log'
import { authLogger } from '#server/access/auth-log'
import { type EntraSettings, isOfTenant, microsoftProvider } from '#server/access/microsoft-provider'
import { newId } from '#server/access/new-id'
import type { RateLimiter } from '#server/access/rate-limiter'
import type { SignInRecord } from '#server/access/record-sign-in'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import { clientAddressHeader } from '#server/http/request-address'
import { requestIdHeader } from '#server/http/request-id'
import type { Clock } from '#server/telemetry/clock'
import { safeError } from '#server/telemetry/safe-cause'

const daySeconds = 86_400

export interface AuthOptions {
  db: Database
  clock: Clock
  log: AccessLog
  limiter: RateLimiter
  /** At least 32 characters; signs the session cookie. */
  secret: string
  /** Address of the console, without a slash at its end. */
  publicUrl: string
  entra: EntraSettings | null
  record: SignInRecord
}

/** Who a session cookie belongs to. */
export interface SessionUser {
  id: string
  name: string
  email: string
  role: Role
  disabled: boolean
}

/** Sign-in and sessions by better-auth. */
export interface Auth {
  /**
   * better-auth's own routes under `/api/auth`; which of them are open is the caller's decision. Refusals are answers;
   * only failures on our side are thrown, as AppError.
   */
  handler(request: Request): Promise<Response>
  /** The user of the request's session, read from the database each time so that every change counts at once. */
  readSession(headers: Headers): Promise<SessionUser | null>
  /** Prolongs a session older than a day; `Set-Cookie` values for the browser. */
  prolongSession(headers: Headers): Promise<string[]>
}

/** Loading better-auth takes 0.2 s and 50 MB, so load this module when the console is first used. */
export function createAuth(options: AuthOptions): Auth {
  const auth = betterAuth({
    ...signInOptions(options),
    ...storageOptions(options),
    appName: 'Huntaze',
    baseURL: options.publicUrl,
    basePath: '/api/auth',
    // As a list, so that the library does not look for secrets in the environment.
    secrets: [{ version: 1, value: options.secret }],
    trustedOrigins: ownOrigins(options.publicUrl),
    telemetry: { enabled: false },
    logger: authLogger(options.log),
    // Else the router beneath prints failures to the console, with the parameters of the failed statement.
    onAPIError: { errorURL: `${options.publicUrl}/sign-in`, throw: true },
  })
  return {
    handler: (request) => guarded(auth.handler(request)),
    async readSession(headers) {
      const found = await guarded(auth.api.getSession({ headers, query: { disableRefresh: true } }))
      return found && toSessionUser(found.user)
    },
    async prolongSession(headers) {
      const answer = await guarded(auth.api.getSession({ headers, returnHeaders: true }))
      return answer.headers.getSetCookie()
    },
  }
}

function signInOptions({ limiter, entra }: AuthOptions) {
  return {
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    socialProviders: entra ? { microsoft: microsoftProvider(entra) } : {},
    account: { accountLinking: { enabled: true, trustedProviders: [] } },
    session: { expiresIn: 7 * daySeconds, updateAge: daySeconds },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 60,
      customRules: {
        '/sign-in/email': { window: 60, max: 5 },
        '/change-password': { window: 60, max: 5 },
        '/sign-out': false,
      },
      customStorage: {
        async consume(key, rule) {
          const verdict = await limiter.consume(`address:${key}`, {
            max: rule.max,
            windowMs: rule.window * 1000,
          })
          return {
            allowed: verdict.allowed,
            retryAfter: verdict.allowed ? null : Math.ceil(verdict.retryAfterMs / 1000),
          }
        },
      },
    },
  } satisfies Partial<BetterAuthOptions>
}

function storageOptions(options: AuthOptions) {
  const { db, entra } = options
  const schema = { user: users, session: sessions, account: signInAccounts, verification: verifications }
  const prefixes: Readonly<Record<string, string>> = {
    user: 'usr',
    session: 'ses',
    account: 'sia',
    verification: 'ver',
  }
  return {
    database: drizzleAdapter(db.orm, { provider: 'pg', schema, transaction: true }),
    databaseHooks: databaseHooks(options),
    user: {
      additionalFields: {
        role: { type: 'string', required: true, defaultValue: 'viewer', input: false },
        disabled: { type: 'boolean', required: true, defaultValue: false, input: false },
      },
      validateUserInfo: ({ source }) => {
        if (source.method !== 'oauth' || (entra && isOfTenant(source.oauth?.profile, entra.tenantId))) return
        return { error: 'foreign_tenant', errorDescription: 'This account belongs to another organisation.' }
      },
    },
    advanced: {
      cookiePrefix: 'huntaze',
      useSecureCookies: options.publicUrl.startsWith('https:'),
      // Said aloud, because the library switches both off by itself when it believes it is under test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      database: { generateId: ({ model }) => newId(prefixes[model] ?? 'aut') },
    },
  } satisfies Partial<BetterAuthOptions>
}

/** Of what better-auth hands to its hooks. */
interface SignInContext {
  path?: string
  headers?: Headers
}

function databaseHooks({ db, clock, record }: AuthOptions) {
  // Nobody here calls Microsoft on a user's behalf, so its tokens are not kept.
  const withoutTokens = async () => ({ data: { accessToken: null, refreshToken: null, idToken: null } })
  return {
    account: { create: { before: withoutTokens }, update: { before: withoutTokens } },
    session: {
      create: {
        before: async ({ userId }: { userId: string }) => {
          const [user] = await db.orm
            .select({ disabled: users.disabled })
            .from(users)
            .where(eq(users.id, userId))
          if (user?.disabled)
            throw new APIError('FORBIDDEN', { code: 'account_disabled', message: 'Account disabled' })
        },
        after: async ({ userId }: { userId: string }, context: SignInContext | null) => {
          const method = context?.path?.startsWith('/callback') ? 'microsoft' : 'password'
          const correlationId = context?.headers?.get(requestIdHeader) ?? 'unknown'
          await db.orm.transaction(async (tx) => {
            await tx
              .update(users)
              .set({ lastSignInAt: new Date(clock.nowMs()) })
              .where(eq(users.id, userId))
            await record.signedIn(tx, { userId, method, correlationId })
          })
        },
      },
    },
  }
}

function toSessionUser(
  user: Record<string, unknown> & { id: string; name: string; email: string },
): SessionUser {
  const { id, name, email, disabled } = user
  return { id, name, email, role: role.parse(user.role), disabled: disabled === true }
}

/** A failure on our side as an error whose cause repeats no token. */
async function guarded<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (thrown) {
    throw new AppError('internal_error', {
      message: 'Signing in and sessions do not work at the moment; try again.',
      cause: safeError(thrown),
    })
  }
}
