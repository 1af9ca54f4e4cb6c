import { ownOrigins } from '#lib/access/own-origins'
import { dataPlaneScopes, type Role, scope } from '#lib/contracts/access'
import type { AccessLog } from '#server/access/access-log'
import { type AccountPreferences, createAccountPreferences } from '#server/access/account-preferences'
import { type ApiKeyStore, createApiKeyStore } from '#server/access/api-keys'
import { serveAuth } from '#server/access/auth-gate'
import { bootstrapKeyIds } from '#server/access/bootstrap-key-ids'
import type { Auth, AuthOptions } from '#server/access/create-auth'
import { type BootstrapAdmin, ensureBootstrapAdmin } from '#server/access/ensure-bootstrap-admin'
import { createInvites, type Invites } from '#server/access/invites'
import {
  type BootstrapKey,
  createKeyAuthenticator,
  type KeyAuthenticator,
} from '#server/access/key-authenticator'
import { createKeyUsage } from '#server/access/key-usage'
import { type EntraSettings, microsoftProvider } from '#server/access/microsoft-provider'
import type { Actor } from '#server/access/principal'
import { createRateLimiter } from '#server/access/rate-limiter'
import { createSignInRecord } from '#server/access/record-sign-in'
import { requireRole } from '#server/access/require-role'
import { createUsers, type Users } from '#server/access/users'
import type { RecordAudit } from '#server/audit/record-audit'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import type { Clock } from '#server/telemetry/clock'

export interface AccessOptions {
  db: Database
  clock: Clock
  log: AccessLog
  /** Tells the audit log who came, was turned away, and left. */
  record: RecordAudit
  /** Carries key changes to every process; its owner starts it before `start` is called, and closes it. */
  configuration: ConfigurationWatcher
  /** Address of the console, without a slash at its end; asked late, because the port may be chosen by the system. */
  publicUrl(): string
  /** At least 32 characters; signs sessions. */
  authSecret: string
  entra: EntraSettings | null
  bootstrapApiKey: string | null
  bootstrapAdminApiKey: string | null
  bootstrapAdmin: BootstrapAdmin | null
}

/** Keys, people and sessions: `container.access`. */
export interface Access {
  /** `create` and `revoke` end when this process obeys them; other processes follow within the watcher's interval. */
  keys: Pick<ApiKeyStore, 'create' | 'list' | 'revoke'>
  accounts: AccountPreferences
  authenticator: KeyAuthenticator
  auth: {
    /** Serves `/api/auth/*`. @throws AppError for every refusal. */
    handle(request: Request, requestId: string): Promise<Response>
    /** Prolongs the request's session when it is older than a day; `Set-Cookie` values for the browser. */
    prolongSession(request: Request): Promise<string[]>
  }
  invites: Invites
  users: Users
  /** How people can sign in here. */
  signInMethods: readonly ('password' | 'microsoft')[]
  /** Who acts, if their role allows it. @throws AppError otherwise. */
  requireRole(request: Request, role: Role): Promise<Actor>
  /**
   * Loads the keys and makes the bootstrap admin. While nobody can administer the console, answers with the one-time
   * link (valid 24 h) for the first operator, which is to be shown on the terminal and nowhere else.
   */
  start(): Promise<{ firstOperatorUrl: string | null }>
  /** Writes what is in memory only. */
  close(): Promise<void>
}

/** Wires access from explicit parts; nothing happens before `start`. @throws Error when `entra` names no single tenant. */
export function createAccess(options: AccessOptions): Access {
  const { db, clock, log, configuration } = options
  if (options.entra) microsoftProvider(options.entra)
  const limiter = createRateLimiter({ db, clock })
  const store = createApiKeyStore({ db, clock, bumpConfiguration })
  const accounts = createAccountPreferences({ db, clock, bumpConfiguration })
  const usage = createKeyUsage({ write: store.touch, clock, log })
  const authenticator = createKeyAuthenticator({
    loadKeys: store.load,
    loadAccountRegions: accounts.regions,
    clock,
    bootstrapKeys: bootstrapKeys(options),
    onUse: usage.used,
  })
  configuration.subscribe(() => authenticator.reload())
  const invites = createInvites({ db, clock, limiter, publicUrl: options.publicUrl })
  const users = createUsers({ db, clock })
  const record = createSignInRecord(options)
  const auth = lazyAuth({ ...options, limiter, record })
  const roleParts = {
    authenticator,
    readSession: async (headers: Headers) => (await auth()).readSession(headers),
    origins: () => ownOrigins(options.publicUrl()),
  }
  return {
    keys: {
      list: store.list,
      create: announced(configuration, store.create),
      revoke: announced(configuration, store.revoke),
    },
    accounts: { ...accounts, setRegion: announced(configuration, accounts.setRegion) },
    authenticator,
    auth: {
      handle: async (request, requestId) =>
        serveAuth({ auth: await auth(), limiter, record }, { request, requestId }),
      prolongSession: async (request) => (await auth()).prolongSession(request.headers),
    },
    invites: { ...invites, accept: announced(configuration, invites.accept) },
    users: { list: users.list, update: announced(configuration, users.update) },
    signInMethods: options.entra ? ['password', 'microsoft'] : ['password'],
    requireRole: (request, role) => requireRole(roleParts, request, role),
    async start() {
      await authenticator.reload()
      if (options.bootstrapAdmin) await ensureBootstrapAdmin({ db, clock, log }, options.bootstrapAdmin)
      const link = options.bootstrapAdmin ? null : await invites.ensureFirstOperatorLink()
      return { firstOperatorUrl: link?.url ?? null }
    },
    close: usage.close,
  }
}

/** better-auth is loaded with the first request that needs it. */
function lazyAuth(
  options: Omit<AccessOptions, 'record'> & Pick<AuthOptions, 'limiter' | 'record'>,
): () => Promise<Auth> {
  let auth: Promise<Auth> | null = null
  return () => {
    auth ??= import('#server/access/create-auth').then(({ createAuth }) =>
      createAuth({ ...options, secret: options.authSecret, publicUrl: options.publicUrl() }),
    )
    return auth
  }
}

/** Wraps a change so that it counts as made only when this process obeys it and its consoles were told. */
function announced<Change extends unknown[], Result>(
  configuration: ConfigurationWatcher,
  change: (...input: Change) => Promise<Result>,
): (...input: Change) => Promise<Result> {
  return async (...input) => {
    const result = await change(...input)
    await configuration.check()
    return result
  }
}

function bootstrapKeys(options: AccessOptions): BootstrapKey[] {
  const { bootstrapApiKey, bootstrapAdminApiKey } = options
  const data = {
    id: bootstrapKeyIds.data,
    accountId: 'acc_bootstrap',
    name: 'HUNTAZE_BOOTSTRAP_API_KEY',
    plan: 'unlimited',
  }
  const admin = {
    id: bootstrapKeyIds.admin,
    accountId: 'acc_admin',
    name: 'HUNTAZE_BOOTSTRAP_ADMIN_API_KEY',
    plan: 'unlimited',
  }
  return [
    ...(bootstrapApiKey === null ? [] : [{ ...data, scopes: dataPlaneScopes, secret: bootstrapApiKey }]),
    ...(bootstrapAdminApiKey === null
      ? []
      : [{ ...admin, scopes: scope.options, secret: bootstrapAdminApiKey }]),
  ]
}
