import { describe, expect, it } from 'vitest'
import { type DualWriteFacts, judgeDualWrite, type SwitchFacts } from '#lib/migration/judge-dual-write'

const everybody: SwitchFacts = {
  accountId: '*',
  enabled: true,
  copied: true,
  copiedRecords: 1_200,
  reconciledAtMs: 9_000,
}
const clean: DualWriteFacts = { switches: [everybody], lagSeconds: null, failing: 0, openMismatches: 0 }
const limits = { lagSeconds: 60, reconciledWithinMs: 5_000, nowMs: 10_000 }
const own = (changes: Partial<SwitchFacts>): SwitchFacts => ({ ...everybody, accountId: 'acc_1', ...changes })

describe('judgeDualWrite', () => {
  it.each<[string, Partial<DualWriteFacts>, string]>([
    ['clean', {}, 'both stores hold the same'],
    ['clean', { lagSeconds: 60 }, 'both stores hold the same'],
    ['off', { switches: [] }, 'dual-write is off'],
    ['off', { switches: [{ ...everybody, enabled: false }] }, 'dual-write is off'],
    ['partly_on', { switches: [own({})] }, 'dual-write is on for 1 account only'],
    ['partly_on', { switches: [everybody, own({ enabled: false })] }, 'dual-write is off for acc_1'],
    [
      'copying',
      { switches: [everybody, own({ copied: false })] },
      'the copy of acc_1 has not ended (1,200 records so far)',
    ],
    ['failing', { failing: 1, lagSeconds: 900 }, '1 change could not be delivered so far'],
    ['behind', { lagSeconds: 61 }, 'the oldest change has waited 61 s, at most 60 s are allowed'],
    ['differs', { openMismatches: 2 }, 'differences in 2 records are not repaired'],
    [
      'unproven',
      { switches: [everybody, own({ reconciledAtMs: null })] },
      'the stores of acc_1 have not been compared lately',
    ],
    [
      'unproven',
      { switches: [{ ...everybody, reconciledAtMs: 4_999 }] },
      'the stores of every account have not been compared lately',
    ],
  ])('%s: %j', (state, changes, text) => {
    expect(judgeDualWrite({ ...clean, ...changes }, limits)).toEqual({ state, text })
  })
})
