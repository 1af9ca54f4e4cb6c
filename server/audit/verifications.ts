import { desc, eq, sql } from 'drizzle-orm'
import type { ChainState } from '#lib/audit/chain'
import { lastHash } from '#lib/audit/seal'
import { type AuditVerificationView, auditProblem } from '#lib/contracts/audit'
import { auditVerifications } from '#schema/audit'
import { newId } from '#server/access/new-id'
import type { RecordAudit } from '#server/audit/record-audit'
import { readSealEndingAt } from '#server/audit/seal-store'
import { type VerifyOptions, verifyLog } from '#server/audit/verify-log'
import type { Database } from '#server/db/database'
import type { Log } from '#server/telemetry/log'

export type VerificationScope = 'whole' | 'newest'

export interface Verifications {
  /**
   * Begins one and returns it; joins the one that this process is at already. `actorId` null = by itself. `done`
   * resolves when it has ended, well or not.
   */
  begin(order: { scope: VerificationScope; actorId: string | null; correlationId: string }): Promise<{
    view: AuditVerificationView
    done: Promise<void>
  }>
  /** Newest first. */
  list(limit?: number): Promise<AuditVerificationView[]>
  /** Breaks off what is under way. */
  close(): Promise<void>
}

export interface VerificationParts extends Pick<VerifyOptions, 'keys' | 'anchors'> {
  db: Database
  instanceId: string
  record: RecordAudit
  nowMs: () => number
  log: Pick<Log, 'error'>
  /** A verification began, went on, or ended. */
  onChange: () => void
}

/** Written down at most so often, in milliseconds. */
const progressEveryMs = 500

export function createVerifications(parts: VerificationParts): Verifications {
  const { db, instanceId, record, nowMs, log, onChange } = parts
  const stopping = new AbortController()
  let current: { view: AuditVerificationView; done: Promise<void> } | null = null

  async function save(id: string, set: Partial<typeof auditVerifications.$inferInsert>): Promise<void> {
    await db.orm.update(auditVerifications).set(set).where(eq(auditVerifications.id, id))
    onChange()
  }

  const unsaved = (error: unknown) =>
    log.error({ err: error }, 'how far a verification of the audit log came could not be written')

  async function run(id: string, scope: VerificationScope): Promise<void> {
    let savedMs = nowMs()
    try {
      const from = scope === 'newest' ? await lastGood(db) : undefined
      const verdict = await verifyLog({
        ...parts,
        from,
        signal: stopping.signal,
        onProgress({ checked, total, toSequence }) {
          if (nowMs() - savedMs < progressEveryMs) return
          savedMs = nowMs()
          save(id, { checked, total, toSequence }).catch(unsaved)
        },
      })
      const { problem, checked, reached } = verdict
      if (problem) log.error({ ...problem, verificationId: id }, 'the audit log does not verify')
      await save(id, {
        state: problem ? 'failed' : 'ok',
        finishedAt: new Date(nowMs()),
        checked,
        ...(problem ? {} : { total: checked }),
        toSequence: reached.sequence,
        problem: problem ? JSON.stringify(problem) : null,
      })
    } catch (error) {
      if (!stopping.signal.aborted)
        log.error({ err: error }, 'a verification of the audit log was broken off')
      await save(id, { state: 'broken_off', finishedAt: new Date(nowMs()) }).catch(unsaved)
    }
  }

  async function insert(order: Parameters<Verifications['begin']>[0]): Promise<AuditVerificationView> {
    const [row] = await db.orm.transaction(async (tx) => {
      if (order.actorId !== null)
        await record(tx, { action: 'audit.verify', resource: `audit/${order.scope}`, ...order })
      return tx
        .insert(auditVerifications)
        .values({
          id: newId('ver'),
          scope: order.scope,
          state: 'running',
          startedAt: new Date(nowMs()),
          total: await countSealed(db, tx),
          checked: 0,
          toSequence: 0,
          actorId: order.actorId,
          instanceId,
        })
        .returning()
    })
    if (!row) throw new Error('the verification was not inserted')
    return toView(row, null)
  }

  return {
    async begin(order) {
      if (current) return current
      const view = await insert(order)
      if (current) return current
      onChange()
      const done = run(view.id, order.scope).finally(() => {
        current = null
      })
      current = { view, done }
      return current
    },
    async list(limit = 20) {
      const rows = await db.orm
        .select()
        .from(auditVerifications)
        .orderBy(desc(auditVerifications.startedAt))
        .limit(limit)
      return Promise.all(rows.map(async (row) => toView(row, await problemPosition(db, row.problem))))
    },
    async close() {
      stopping.abort(new Error('the instance stops'))
      await current?.done
    },
  }
}

async function countSealed(db: Database, tx: Pick<Database['orm'], 'execute'> = db.orm): Promise<number> {
  const { rows } = await tx.execute<{ n: string }>(
    sql`SELECT coalesce(max(last_sequence), 0) - coalesce((SELECT max(sequence) FROM audit_purges), 0) AS n
        FROM audit_seals`,
  )
  return Math.max(0, Number(rows[0]?.n ?? 0))
}

/** Where the last good verification ended. */
async function lastGood(db: Database): Promise<ChainState | undefined> {
  const [row] = await db.orm
    .select({ toSequence: auditVerifications.toSequence })
    .from(auditVerifications)
    .where(eq(auditVerifications.state, 'ok'))
    .orderBy(desc(auditVerifications.startedAt))
    .limit(1)
  const seal = row ? await readSealEndingAt(db.pool, row.toSequence) : null
  return seal ? { sequence: seal.lastSequence, hash: lastHash(seal), position: seal.lastPosition } : undefined
}

function toView(row: typeof auditVerifications.$inferSelect, position: number | null): AuditVerificationView {
  const { instanceId, ...rest } = row
  return {
    ...rest,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    problem: parseProblem(row.problem),
    problemPosition: position,
  }
}

/** The problem that a verification found, from its column. */
export function parseProblem(text: string | null) {
  return text === null ? null : (auditProblem.safeParse(JSON.parse(text)).data ?? null)
}

/** The entry that stands at the bad sequence, or would be the next. */
async function problemPosition(db: Database, text: string | null): Promise<number | null> {
  const problem = parseProblem(text)
  if (!problem) return null
  const { rows } = await db.pool.query<{ position: string }>(
    `SELECT position FROM audit_entries
     WHERE position > (SELECT after_position FROM audit_seals
       WHERE first_sequence <= $1 ORDER BY first_sequence DESC LIMIT 1)
     ORDER BY position
     OFFSET $1 - (SELECT max(first_sequence) FROM audit_seals WHERE first_sequence <= $1) LIMIT 1`,
    [problem.sequence],
  )
  return rows[0] ? Number(rows[0].position) : null
}
