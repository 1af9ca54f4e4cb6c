import { describe, expect, it } from 'vitest'
import { classifyMismatch } from '#lib/migration/classify-mismatch'
import { latestOfEach, type VersionedRecord, winningRecord } from '#lib/migration/versioned-record'

const record = (changes: Partial<VersionedRecord> = {}): VersionedRecord => ({
  id: 'a',
  version: 2n,
  state: 'live',
  body: '{}',
  ...changes,
})
const gone = { state: 'deleted', body: null } as const
const erased = { state: 'erased', body: null } as const

describe('two copies of a record', () => {
  it.each([
    [null, null, null],
    [record(), record(), null],
    [record(), null, 'missing'],
    [null, record(), 'extra'],
    [record(), record({ version: 1n }), 'behind'],
    [record(), record({ version: 3n }), 'ahead'],
    [record(erased), record({ version: 9n }), 'resurrected'],
    [record(), record(erased), 'erased'],
    [record(gone), record(), 'state'],
    [record(), record({ body: '{"x":1}' }), 'content'],
  ] as const)('%#: differ as %s', (primary, secondary, mismatch) => {
    expect(classifyMismatch(primary, secondary)).toBe(mismatch)
  })

  it('have one winner: an erasure, then the higher version, then the primary’s', () => {
    const [old, late, end] = [
      record({ version: 1n }),
      record({ version: 3n }),
      record({ ...erased, version: 1n }),
    ]
    expect(winningRecord(record(), late)).toBe(late)
    expect(winningRecord(late, end)).toBe(end)
    const mine = record()
    expect(winningRecord(mine, record({ body: 'other' }))).toBe(mine)
    expect(latestOfEach([late, old, end, record({ id: 'b' })])).toEqual([end, record({ id: 'b' })])
  })
})
