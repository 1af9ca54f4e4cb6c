import { randomBytes } from 'node:crypto'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { apiKeyPrefix, apiKeyRandomBytes, formatApiKey } from '#lib/access/api-key-format'
import { keyState } from '#lib/access/key-state'
import { type ApiKeyView, type CreatedKey, type createKeyBody, scope } from '#lib/contracts/access'
import { apiKeys } from '#schema/access'
import { hashSecret } from '#server/access/hash-secret'
import type { KeyRecord } from '#server/access/key-authenticator'
import { newId } from '#server/access/new-id'
import type { Along, Transaction } from '#server/config/configuration-version'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

export type CreateKey = z.infer<typeof createKeyBody> & {
  /** User id or key id of who creates it. */
  createdBy: string
  along?: Along
}

export interface RevokeKey {
  id: string
  reason: string
  revokedBy: string
  along?: Along
}

export interface ApiKeyStore {
  /** The secret is in the answer and nowhere else. */
  create(key: CreateKey): Promise<CreatedKey>
  /** Newest first. */
  list(): Promise<ApiKeyView[]>
  /** Idempotent: a revoked key keeps its first reason. @throws AppError `not_found`. */
  revoke(revocation: RevokeKey): Promise<ApiKeyView>
  /** Notes when keys (by id) were last used, in milliseconds since 1970; never moves a time back. */
  touch(uses: ReadonlyMap<string, number>): Promise<void>
  /** Every key as the authenticator needs it. */
  load(): Promise<KeyRecord[]>
}

export interface ApiKeyStoreOptions {
  db: Database
  clock: Clock
  /** Announces a change inside its transaction. */
  bumpConfiguration(tx: Transaction): Promise<number>
}

type Row = typeof apiKeys.$inferSelect

/** API keys in the database. Changes are announced; making this process obey them is the caller's part. */
export function createApiKeyStore(options: ApiKeyStoreOptions): ApiKeyStore {
  const { db, clock } = options
  return {
    create: (key) => createKey(options, key),
    async list() {
      const rows = await db.orm.select().from(apiKeys).orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
      return rows.map((row) => toView(row, clock.nowMs()))
    },
    revoke: (revocation) => revokeKey(options, revocation),
    async touch(uses) {
      if (uses.size === 0) return
      const ids = sql.param([...uses.keys()])
      const times = sql.param([...uses.values()].map((atMs) => new Date(atMs).toISOString()))
      await db.orm.execute(sql`
        UPDATE ${apiKeys} AS k SET last_used_at = greatest(k.last_used_at, u.at)
        FROM unnest(${ids}::text[], ${times}::timestamptz[]) AS u(id, at) WHERE k.id = u.id`)
    },
    async load() {
      const rows = await db.orm.select().from(apiKeys)
      return rows.map(toRecord)
    },
  }
}

async function createKey(options: ApiKeyStoreOptions, key: CreateKey): Promise<CreatedKey> {
  const nowMs = options.clock.nowMs()
  const expiresAt = key.expiresAt === null ? null : new Date(key.expiresAt)
  if (expiresAt && expiresAt.getTime() <= nowMs) {
    const message = 'must lie in the future'
    throw new AppError('invalid_request', {
      message: `expiresAt: ${message}`,
      param: 'expiresAt',
      errors: [{ path: 'expiresAt', message }],
    })
  }
  const secret = formatApiKey(randomBytes(apiKeyRandomBytes))
  const row = await options.db.orm.transaction(async (tx) => {
    const [created] = await tx
      .insert(apiKeys)
      .values({
        id: newId('key'),
        accountId: key.accountId,
        name: key.name,
        prefix: apiKeyPrefix(secret),
        secretHash: hashSecret(secret),
        plan: key.plan,
        scopes: [...new Set(key.scopes)],
        createdAt: new Date(nowMs),
        createdBy: key.createdBy,
        expiresAt,
        region: key.region?.name ?? null,
        regionMode: key.region?.mode ?? null,
        streamMode: key.streamMode,
      })
      .returning()
    if (created) await key.along?.(tx, { after: told(created) })
    await options.bumpConfiguration(tx)
    return created
  })
  if (!row) throw new AppError('internal_error', { message: 'The key could not be stored.' })
  return { key: toView(row, nowMs), secret }
}

async function revokeKey(options: ApiKeyStoreOptions, revocation: RevokeKey): Promise<ApiKeyView> {
  const nowMs = options.clock.nowMs()
  const row = await options.db.orm.transaction(async (tx) => {
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: new Date(nowMs), revokedBy: revocation.revokedBy, revokedReason: revocation.reason })
      .where(and(eq(apiKeys.id, revocation.id), isNull(apiKeys.revokedAt)))
      .returning()
    if (revoked) {
      await revocation.along?.(tx, { after: { ...told(revoked), revoked: true } })
      await options.bumpConfiguration(tx)
      return revoked
    }
    const [present] = await tx.select().from(apiKeys).where(eq(apiKeys.id, revocation.id))
    // That somebody asked again is told, too.
    if (present) await revocation.along?.(tx, { before: { revoked: true }, after: { revoked: true } })
    return present
  })
  if (!row)
    throw new AppError('not_found', {
      message: 'No API key has this id. The list of keys shows those there are.',
    })
  return toView(row, nowMs)
}

/** What the audit log keeps of a key: nothing that names who made it. */
function told({ prefix, accountId, plan, scopes, region, regionMode, streamMode, expiresAt }: Row) {
  return { prefix, accountId, plan, scopes, region, regionMode, streamMode, expiresAt }
}

function toRecord(row: Row): KeyRecord {
  return {
    id: row.id,
    accountId: row.accountId,
    name: row.name,
    plan: row.plan,
    scopes: scope.array().parse(row.scopes),
    region: row.region === null ? null : { region: row.region, mode: row.regionMode ?? 'prefer', by: 'key' },
    streamMode: row.streamMode,
    secretHash: row.secretHash,
    expiresAtMs: row.expiresAt?.getTime() ?? null,
    revokedAtMs: row.revokedAt?.getTime() ?? null,
  }
}

function toView(row: Row, nowMs: number): ApiKeyView {
  const { accountId, name, plan, scopes, expiresAtMs, revokedAtMs } = toRecord(row)
  return {
    id: row.id,
    name,
    accountId,
    prefix: row.prefix,
    plan,
    scopes: [...scopes],
    region: row.region && row.regionMode ? { name: row.region, mode: row.regionMode } : null,
    streamMode: row.streamMode,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    state: keyState({ expiresAtMs, revokedAtMs }, nowMs),
  }
}
