import { hashDigits } from '#lib/audit/seal'
import type { AuditEntryDetail, AuditEntryView, AuditPage, AuditQuery } from '#lib/contracts/audit'
import type { KnownActors } from '#server/audit/known-actors'
import { pseudonymsNamed } from '#server/audit/known-persons'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import { readSealAt } from '#server/audit/seal-store'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'

interface Parts {
  db: Pick<Database, 'pool'>
  pseudonyms: Pseudonyms
  knownActors: KnownActors
}

interface Row {
  position: string
  accountId: string
  at: Date
  action: string
  outcome: string
  actor: string | null
  subject: string | null
  resource: string
  correlationId: string
  model: string | null
  inputTokens: number | null
  outputTokens: number | null
  costPicoUsd: string | null
  before: string | null
  after: string | null
  reason: string | null
  sealed: boolean
}

const columns = `position, account_id AS "accountId", at, action, outcome, actor, subject, resource,
  correlation_id AS "correlationId", model, input_tokens AS "inputTokens", output_tokens AS "outputTokens",
  cost_pico_usd AS "costPicoUsd", before, after, reason,
  position <= (SELECT coalesce(max(last_position), 0) FROM audit_seals) AS sealed`

const kindConditions = { operators: `left(action, 3) <> 'ai.'`, ai: `left(action, 3) = 'ai.'`, all: 'true' }

/** One page of entries, newest first. Pages neither overlap nor skip, also while new entries arrive. */
export async function listEntries(parts: Parts, query: AuditQuery): Promise<AuditPage> {
  const values: unknown[] = []
  const given = (value: unknown) => `$${values.push(value)}`
  const conditions = [kindConditions[query.kind]]
  if (query.cursor !== undefined) conditions.push(`position < ${given(query.cursor)}`)
  if (query.from !== undefined) conditions.push(`at >= ${given(query.from)}::timestamptz`)
  if (query.to !== undefined) conditions.push(`at < ${given(query.to)}::timestamptz`)
  if (query.action !== undefined) {
    const action = given(query.action)
    conditions.push(`(action = ${action} OR starts_with(action, ${action}::text || '.'))`)
  }
  if (query.resource !== undefined) {
    const resource = given(query.resource)
    conditions.push(`(resource = ${resource} OR starts_with(resource, ${resource}::text || '/'))`)
  }
  for (const [column, value] of [
    ['outcome', query.outcome],
    ['account_id', query.accountId],
    ['correlation_id', query.correlationId],
  ] as const)
    if (value !== undefined) conditions.push(`${column} = ${given(value)}`)
  if (query.actor !== undefined) {
    const names = await pseudonymsNamed(parts, { name: query.actor, kinds: ['user', 'api_key'] })
    conditions.push(`actor = ANY(${given(names)}::text[])`)
  }
  if (query.subject !== undefined) {
    const kinds = ['creator', 'fan', 'user', 'api_key', 'email'] as const
    const names = await pseudonymsNamed(parts, { name: query.subject, kinds })
    conditions.push(`subject = ANY(${given(names)}::text[])`)
  }
  const { rows } = await parts.db.pool.query<Row>(
    `SELECT ${columns} FROM audit_entries WHERE ${conditions.join(' AND ')}
     ORDER BY position DESC LIMIT ${given(query.limit + 1)}`,
    values,
  )
  const page = rows.slice(0, query.limit)
  const actors = await parts.knownActors(page.map(({ actor }) => actor))
  return {
    rows: page.map((row) => toView(row, actors)),
    nextCursor: rows.length > query.limit ? (page.at(-1)?.position ?? null) : null,
  }
}

/** One entry with what changed and its place in the chain. @throws AppError `not_found`. */
export async function readEntry(parts: Parts, position: number): Promise<AuditEntryDetail> {
  const { db } = parts
  const { rows } = Number.isSafeInteger(position)
    ? await db.pool.query<Row>(`SELECT ${columns} FROM audit_entries WHERE position = $1 LIMIT 1`, [position])
    : { rows: [] }
  const [row] = rows
  if (!row)
    throw new AppError('not_found', {
      message: 'No audit entry has this position. It may have been purged after 90 days.',
    })
  const actors = await parts.knownActors([row.actor])
  const view = toView(row, actors)
  return { ...view, before: row.before, after: row.after, seal: await placeInChain(db, position) }
}

async function placeInChain(db: Pick<Database, 'pool'>, position: number): Promise<AuditEntryDetail['seal']> {
  const seal = await readSealAt(db.pool, position)
  if (!seal) return null
  const { rows } = await db.pool.query<{ before: number }>(
    'SELECT count(*)::int AS before FROM audit_entries WHERE position > $1 AND position < $2',
    [seal.afterPosition, position],
  )
  const place = rows[0]?.before ?? 0
  return {
    sequence: seal.firstSequence + place,
    hash: seal.hashes.slice(place * hashDigits, (place + 1) * hashDigits),
    sealedAt: new Date(seal.sealedAtMs).toISOString(),
    keyId: seal.keyId,
  }
}

function toView(row: Row, actors: ReadonlyMap<string, string>): AuditEntryView {
  const { before, after, ...rest } = row
  return {
    ...rest,
    position: Number(row.position),
    at: row.at.toISOString(),
    actorId: row.actor === null ? null : (actors.get(row.actor) ?? null),
  }
}
