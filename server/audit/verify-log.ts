import { type ChainState, chainStart } from '#lib/audit/chain'
import type { ChainProblem } from '#lib/audit/chain-problem'
import { checkSeal } from '#lib/audit/check-seal'
import { checkpointText } from '#lib/audit/checkpoint'
import { hashDigits, type Seal, stateBehind } from '#lib/audit/seal'
import type { Anchors } from '#server/audit/anchors'
import { readCheckpoints } from '#server/audit/checkpoint-store'
import { readPurge } from '#server/audit/purge-store'
import { readSealed } from '#server/audit/read-sealed'
import { readLastSeal } from '#server/audit/seal-store'
import { sha256 } from '#server/audit/sha256'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'

export interface VerifyOptions {
  db: Pick<Database, 'pool'>
  keys: Pick<SigningKeys, 'isSigned'>
  anchors: Pick<Anchors, 'readHead' | 'readCheckpoints'>
  /** Begins behind this state; unless told, with the first entry that is kept. */
  from?: ChainState
  /** After every few thousand entries. */
  onProgress?: (progress: { checked: number; total: number; toSequence: number }) => void
  signal?: AbortSignal
}

export interface Verdict {
  problem: ChainProblem | null
  /** Entries that were looked at and found good. */
  checked: number
  /** The last sequence that was found good, and where the chain stands there. */
  reached: ChainState
  /** Entries that the sealer has not taken in yet, and the oldest of them. */
  unsealed: { entries: number; oldestAtMs: number | null }
}

/** A hash that is known from elsewhere. */
interface Mark {
  sequence: number
  hash: string
}

/**
 * Goes through the chain, a few thousand entries at a time, up to the last seal that was there at the start, and stops at
 * the first problem. @throws the signal's reason when it is aborted.
 */
export async function verifyLog(options: VerifyOptions): Promise<Verdict> {
  const { db } = options
  // The anchor first: it is written after its seal, which is then there.
  const marks = await readMarks(options)
  const purge = await readPurge(db.pool)
  const from = laterOf(options.from, purge) ?? chainStart
  const result = await walk(options, { from, marks })
  // What was purged meanwhile is no problem: begin again where the log begins now.
  const purgedSince = (await readPurge(db.pool))?.sequence ?? 0
  if (result.problem && purgedSince > (purge?.sequence ?? 0)) return verifyLog(options)
  return { ...result, unsealed: await readUnsealed(db) }
}

async function walk(
  options: VerifyOptions,
  { from, marks }: { from: ChainState; marks: Marks },
): Promise<Omit<Verdict, 'unsealed'>> {
  const { db, keys, onProgress, signal } = options
  const target = (await readLastSeal(db.pool))?.lastSequence ?? from.sequence
  let state = from
  const found = (problem: ChainProblem | null) => ({
    problem,
    checked: state.sequence - from.sequence,
    reached: state,
  })
  if (marks.bad) return found(marks.bad)
  if (from === chainStart && (await hasEntriesBefore(db)))
    return found({ kind: 'inserted', sequence: 1, toSequence: 1 })
  for await (const group of readSealed(db, { from, toSequence: target })) {
    signal?.throwIfAborted()
    for (const { seal, entries } of group) {
      const problem =
        checkSeal({ state, seal, entries }, { sha256, isSigned: keys.isSigned }) ??
        checkMarks(marks.all, seal, from)
      if (problem) return found(problem)
      state = stateBehind(seal)
    }
    onProgress?.({ ...found(null), total: target - from.sequence, toSequence: state.sequence })
  }
  const known = Math.max(0, ...marks.all.map(({ sequence }) => sequence))
  if (known <= state.sequence) return found(null)
  return found({ kind: 'truncated', sequence: state.sequence + 1, toSequence: known })
}

interface Marks {
  all: readonly Mark[]
  bad: ChainProblem | null
}

async function readMarks({ db, keys, anchors }: VerifyOptions): Promise<Marks> {
  const head = await anchors.readHead()
  const anchored = await anchors.readCheckpoints()
  const stored = await readCheckpoints(db.pool, 0)
  const bad = stored.find((checkpoint) => !keys.isSigned(checkpointText(checkpoint), checkpoint))
  const all = [...stored, ...anchored, ...(head ? [head] : [])]
  return {
    all: all.toSorted((a, b) => a.sequence - b.sequence),
    bad: bad ? { kind: 'bad_checkpoint', sequence: bad.sequence, toSequence: bad.sequence } : null,
  }
}

function checkMarks(marks: readonly Mark[], seal: Seal, from: ChainState): ChainProblem | null {
  const wrong = marks.find(({ sequence, hash }) => {
    const place = sequence - seal.firstSequence
    const inSeal = place >= 0 && sequence <= seal.lastSequence
    return inSeal && seal.hashes.slice(place * hashDigits, (place + 1) * hashDigits) !== hash
  })
  if (!wrong) return null
  const before = marks.findLast(({ sequence }) => sequence < seal.firstSequence)?.sequence ?? 0
  return { kind: 'replaced', sequence: Math.max(before, from.sequence) + 1, toSequence: wrong.sequence }
}

function laterOf(one: ChainState | null | undefined, other: ChainState | null): ChainState | null {
  if (!one || !other) return one ?? other
  return one.sequence >= other.sequence ? one : other
}

async function hasEntriesBefore(db: Pick<Database, 'pool'>): Promise<boolean> {
  const { rows } = await db.pool.query('SELECT FROM audit_entries WHERE position <= 0 LIMIT 1')
  return rows.length > 0
}

/** Entries that the sealer has not taken in yet. */
export async function readUnsealed(db: Pick<Database, 'pool'>): Promise<Verdict['unsealed']> {
  const { rows } = await db.pool.query<{ entries: number; oldest: Date | null }>(
    `SELECT count(*)::int AS entries, min(at) AS oldest FROM audit_entries
     WHERE position > (SELECT coalesce(
       (SELECT last_position FROM audit_seals ORDER BY first_sequence DESC LIMIT 1),
       (SELECT max(position) FROM audit_purges), 0))`,
  )
  return { entries: rows[0]?.entries ?? 0, oldestAtMs: rows[0]?.oldest?.getTime() ?? null }
}
