import { childrenOf, differingRanges, wholeTree } from '#lib/migration/bucket-tree'
import { classifyMismatch } from '#lib/migration/classify-mismatch'
import { type VersionedRecord, winningRecord } from '#lib/migration/versioned-record'
import type { Database } from '#server/db/database'
import { type Finding, noteMismatches, pendingRecords } from '#server/migration/note-mismatches'
import type { RecordStore } from '#server/migration/record-store'

export interface Reconciliation {
  /** Of the primary store. */
  db: Pick<Database, 'pool'>
  stream: string
  accountId: string
  primary: RecordStore
  secondary: RecordStore
  /** Give the winner of what differs to both; yes unless told. */
  repair?: boolean
}

export interface ReconciliationReport {
  /** Hashes and records that were compared. */
  compared: number
  /** Records with changes on their way: late, not wrong. */
  pending: number
  mismatches: readonly Finding[]
}

interface Differing extends Finding {
  winner: VersionedRecord
}

/**
 * Compares an account's records in both stores from the root of the hash tree down to the buckets that differ, and gives
 * the winner of each record that differs to both. What was found to differ before and agrees by now is closed. It may end
 * anywhere and begin again.
 */
export async function reconcileStores(options: Reconciliation, nowMs: number): Promise<ReconciliationReport> {
  const { db, stream, accountId, primary, secondary, repair = true } = options
  const { buckets, compared: hashes } = await differingBuckets(options)
  const found: Differing[] = []
  let [compared, pending] = [hashes, 0]
  for (const bucket of buckets) {
    const theirs = byId(await secondary.bucket(accountId, bucket))
    const ours = byId(await primary.bucket(accountId, bucket))
    const ids = [...new Set([...ours.keys(), ...theirs.keys()])]
    const suspects = ids.filter((id) => classifyMismatch(ours.get(id) ?? null, theirs.get(id) ?? null))
    const confirmed = await confirmSuspects(options, suspects)
    compared += ids.length
    pending += confirmed.pending
    found.push(...confirmed.differing)
  }
  const copies = found.map(({ winner }) => ({ ...winner, sequence: null }))
  for (const store of repair && copies.length > 0 ? [primary, secondary] : [])
    await store.take(accountId, copies)
  const mismatches = found.map(({ id, class: kind }) => ({ id, class: kind }))
  await noteMismatches(mismatches, {
    db,
    stream,
    accountId,
    foundBy: 'reconciliation',
    repaired: repair,
    nowMs,
  })
  await closeMismatches(options, { differing: mismatches.map(({ id }) => id), nowMs })
  await noteRun(options, { compared, mismatches: mismatches.length, nowMs })
  return { compared, pending, mismatches }
}

/** A second look: a change that was written and delivered between two reads looks like a difference once. */
async function confirmSuspects(
  { db, stream, accountId, primary, secondary }: Reconciliation,
  ids: readonly string[],
): Promise<{ pending: number; differing: Differing[] }> {
  if (ids.length === 0) return { pending: 0, differing: [] }
  const late = await pendingRecords(db, { stream, accountId, ids })
  const theirs = byId(await secondary.read(accountId, ids))
  const ours = byId(await primary.read(accountId, ids))
  const later = await pendingRecords(db, { stream, accountId, ids })
  const isLate = (id: string) => late.has(id) || later.has(id)
  const differing = ids.flatMap((id): Differing[] => {
    const [our, their] = [ours.get(id) ?? null, theirs.get(id) ?? null]
    const mismatch = isLate(id) ? null : classifyMismatch(our, their)
    const winner = winningRecord(our, their)
    return mismatch && winner ? [{ id, class: mismatch, winner }] : []
  })
  return { pending: ids.filter(isLate).length, differing }
}

async function differingBuckets({ accountId, primary, secondary }: Reconciliation) {
  const buckets: number[] = []
  let compared = 0
  let asked = [wholeTree]
  while (asked.length > 0) {
    const [ours, theirs] = await Promise.all([
      primary.digests(accountId, asked),
      secondary.digests(accountId, asked),
    ])
    compared += asked.length
    const differing = differingRanges(asked, ours, theirs)
    buckets.push(...differing.filter(({ width }) => width === 1).map(({ first }) => first))
    asked = differing.flatMap(childrenOf)
  }
  return { buckets, compared }
}

function byId(records: readonly VersionedRecord[]): Map<string, VersionedRecord> {
  return new Map(records.map((record) => [record.id, record]))
}

/** What somebody found before this run, and this run did not, agrees by now or is on its way. */
async function closeMismatches(
  { db, stream, accountId }: Reconciliation,
  { differing, nowMs }: { differing: readonly string[]; nowMs: number },
): Promise<void> {
  await db.pool.query(
    `UPDATE dual_mismatches SET repaired_at = $3
     WHERE account_id = $1 AND stream = $2 AND repaired_at IS NULL AND found_at <= $3 AND record_id <> ALL($4::text[])`,
    [accountId, stream, new Date(nowMs), differing],
  )
}

async function noteRun(
  { db, stream, accountId, repair = true }: Reconciliation,
  run: { compared: number; mismatches: number; nowMs: number },
): Promise<void> {
  await db.pool.query(
    `INSERT INTO dual_reconciliations (account_id, stream, started_at, ended_at, compared, mismatches, repaired)
     VALUES ($1, $2, $3, now(), $4, $5, $6) ON CONFLICT DO NOTHING`,
    [accountId, stream, new Date(run.nowMs), run.compared, run.mismatches, repair ? run.mismatches : 0],
  )
}
