/** `deleted` may be written again; `erased` is for good. Both stay as tombstones. */
export type RecordState = 'live' | 'deleted' | 'erased'

/** One record of a store that is kept twice. */
export interface VersionedRecord {
  id: string
  /** From 1; raised by every change in the primary store. */
  version: bigint
  state: RecordState
  /** Canonical JSON; null in a tombstone. */
  body: string | null
}

/**
 * Which of two copies stays: an erasure before everything, then the higher version; the primary's when nothing tells them
 * apart. The same whatever was repaired before, so that repairing twice changes nothing.
 */
export function winningRecord(
  primary: VersionedRecord | null,
  secondary: VersionedRecord | null,
): VersionedRecord | null {
  if (!primary || !secondary) return primary ?? secondary
  const erasedFirst = Number(secondary.state === 'erased') - Number(primary.state === 'erased')
  if (erasedFirst !== 0) return erasedFirst > 0 ? secondary : primary
  return secondary.version > primary.version ? secondary : primary
}

/** Each record once, as its winner among the given ones; order of first appearance. */
export function latestOfEach<Entry extends VersionedRecord>(records: readonly Entry[]): Entry[] {
  const latest = new Map<string, Entry>()
  for (const record of records) {
    const known = latest.get(record.id)
    if (!known || winningRecord(known, record) === record) latest.set(record.id, record)
  }
  return [...latest.values()]
}
