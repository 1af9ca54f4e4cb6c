import { timingSafeEqual } from 'node:crypto'
import { keyState } from '#lib/access/key-state'
import { readKeyHeaders } from '#lib/access/read-key-headers'
import type { Scope } from '#lib/contracts/access'
import type { RegionWish } from '#lib/gateway/region-wish'
import type { StreamMode } from '#lib/gateway/stream-mode'
import { hashSecret } from '#server/access/hash-secret'
import type { Principal } from '#server/access/principal'
import { requireScope } from '#server/access/require-scope'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

/** A stored key as authentication needs it; times in milliseconds since 1970. */
export interface KeyRecord {
  id: string
  accountId: string
  name: string
  plan: string
  scopes: readonly Scope[]
  region: RegionWish | null
  streamMode: StreamMode | null
  /** SHA-256 of the secret, hex. */
  secretHash: string
  expiresAtMs: number | null
  revokedAtMs: number | null
}

/** A key that the environment names; never stored. */
export interface BootstrapKey {
  id: string
  accountId: string
  name: string
  plan: string
  scopes: readonly Scope[]
  secret: string
}

export interface KeyAuthenticator {
  /**
   * Whose key the headers `Authorization` and `api-key` carry. Memory only, no waiting.
   *
   * @throws AppError `missing_api_key`, `invalid_api_key`, `revoked_api_key`, `expired_api_key`; none repeats the key.
   */
  authenticate(authorizationHeader: string | null, apiKeyHeader: string | null): Principal
  /** @throws AppError `missing_scope`. */
  requireScope(principal: Principal, scope: Scope): void
  /**
   * In whose name a key acts, for what the program asks by itself.
   * @throws AppError `invalid_api_key`, `revoked_api_key`, `expired_api_key`.
   */
  principalOf(keyId: string): Principal
  /** The key's name; its id when it is not known. */
  nameOf(keyId: string): string
  /** Reads the stored keys anew. When it ends, this process obeys every change committed before it was called. */
  reload(): Promise<void>
}

export interface KeyAuthenticatorOptions {
  loadKeys(): Promise<readonly KeyRecord[]>
  /** Where the requests of an account go; a requirement holds whatever its keys say. */
  loadAccountRegions(): Promise<ReadonlyMap<string, RegionWish>>
  clock: Clock
  bootstrapKeys: readonly BootstrapKey[]
  /** Told of each accepted stored key. */
  onUse?(keyId: string, atMs: number): void
}

interface KnownKey {
  record: Omit<KeyRecord, 'scopes' | 'secretHash'>
  principal: Principal
}

interface HashedKey {
  hash: Buffer
  key: KnownKey
}

/** Authenticates against all keys in memory, found by their hash; `reload` first. */
export function createKeyAuthenticator(options: KeyAuthenticatorOptions): KeyAuthenticator {
  let bootstrap = options.bootstrapKeys.map((key) => hashBootstrapKey(key, new Map()))
  let stored: ReadonlyMap<string, KnownKey> = new Map()
  let loadsStarted = 0
  let loadApplied = 0

  const byId = (keyId: string) =>
    bootstrap.map(({ key }) => key).find((key) => key.principal.keyId === keyId) ??
    [...stored.values()].find((key) => key.principal.keyId === keyId)

  return {
    authenticate(authorizationHeader, apiKeyHeader) {
      const secretHash = hashSecret(presentedSecret(authorizationHeader, apiKeyHeader))
      const key = stored.get(secretHash)
      if (!key) return findBootstrapKey(bootstrap, secretHash).principal
      const nowMs = options.clock.nowMs()
      refuseEnded(key, nowMs)
      options.onUse?.(key.principal.keyId, nowMs)
      return key.principal
    },
    requireScope,
    principalOf(keyId) {
      const key = byId(keyId)
      if (!key)
        throw new AppError('invalid_api_key', { message: `There is no API key ${keyId.slice(0, 100)}.` })
      refuseEnded(key, options.clock.nowMs())
      return key.principal
    },
    nameOf: (keyId) => byId(keyId)?.record.name ?? keyId,
    async reload() {
      loadsStarted += 1
      const load = loadsStarted
      const [records, regions] = await Promise.all([options.loadKeys(), options.loadAccountRegions()])
      if (load < loadApplied) return
      loadApplied = load
      stored = new Map(records.map((record) => [record.secretHash, toKnownKey(record, regions)]))
      bootstrap = options.bootstrapKeys.map((key) => hashBootstrapKey(key, regions))
    },
  }
}

type AccountRegions = ReadonlyMap<string, RegionWish>

function toKnownKey(record: Omit<KeyRecord, 'secretHash'>, regions: AccountRegions): KnownKey {
  const principal = {
    accountId: record.accountId,
    plan: record.plan,
    keyId: record.id,
    scopes: new Set(record.scopes),
    regions: [record.region, regions.get(record.accountId) ?? null].filter((wish) => wish !== null),
    streamMode: record.streamMode,
  }
  return { record, principal }
}

function hashBootstrapKey({ secret, ...rest }: BootstrapKey, regions: AccountRegions): HashedKey {
  const key = toKnownKey(
    { ...rest, region: null, streamMode: null, expiresAtMs: null, revokedAtMs: null },
    regions,
  )
  return { hash: Buffer.from(hashSecret(secret), 'hex'), key }
}

function findBootstrapKey(bootstrap: readonly HashedKey[], secretHash: string): KnownKey {
  const presented = Buffer.from(secretHash, 'hex')
  const found = bootstrap.filter(({ hash }) => timingSafeEqual(hash, presented))[0]
  if (found) return found.key
  throw new AppError('invalid_api_key', {
    message:
      'This API key is not known here. Check for a typing mistake, or create a key in the console under Access.',
  })
}

function presentedSecret(authorization: string | null, apiKey: string | null): string {
  const presented = readKeyHeaders(authorization, apiKey)
  if (presented.kind === 'key') return presented.secret
  if (presented.kind === 'malformed') {
    throw new AppError('invalid_api_key', {
      message:
        'The Authorization header has another form than "Bearer <key>". Send that, or the header "api-key".',
    })
  }
  throw new AppError('missing_api_key', {
    message: 'No API key was sent. Send "Authorization: Bearer <key>" or the header "api-key: <key>".',
  })
}

function refuseEnded({ record }: KnownKey, nowMs: number): void {
  const state = keyState(record, nowMs)
  if (state === 'active') return
  if (state === 'revoked') {
    throw new AppError('revoked_api_key', {
      message: `The API key ${record.id} was revoked${at(record.revokedAtMs)}. Use another key.`,
    })
  }
  throw new AppError('expired_api_key', {
    message: `The API key ${record.id} expired${at(record.expiresAtMs)}. Create a new key in the console under Access.`,
  })
}

function at(ms: number | null): string {
  return ms === null ? '' : ` at ${new Date(ms).toISOString()}`
}
