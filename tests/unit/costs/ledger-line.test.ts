import { describe, expect, it } from 'vitest'
import { fromEarlierLine } from '#lib/costs/earlier-ledger-line'
import { encodeLedgerLine, isWholeLine, requestIdOf } from '#lib/costs/ledger-line'
import { aRecord } from '#tests/support/ledger-records'

describe('a ledger line', () => {
  const record = aRecord('req_1', { creatorId: 'Léa "the\nstar"', operation: '', answerText: 'one\ntwo' })
  const line = encodeLedgerLine(record)

  it('is one line that says whose it is, and knows when it is torn', () => {
    expect(line).not.toContain('\n')
    expect(requestIdOf(line)).toBe('req_1')
    expect(isWholeLine(line)).toBe(true)
    for (let length = 0; length < line.length; length += 1)
      expect(isWholeLine(line.slice(0, length))).toBe(false)
  })

  it('is the same that an earlier version wrote as JSON', () => {
    const { attempts, usage, ...rest } = record
    const { source, ...tokens } = usage
    const entry = JSON.stringify({ ...rest, ...tokens, usageSource: source, attempts: attempts.length })
    const rows = attempts.map((attempt, index) => ({
      accountId: rest.accountId,
      sequence: index + 1,
      ...attempt,
    }))
    const earlier = `[${entry.length},${entry},${JSON.stringify(rows)}]`
    expect(fromEarlierLine(earlier)).toBe(line)
    expect(fromEarlierLine(earlier.slice(0, -20))).toBe(earlier.slice(0, -20))
    expect(fromEarlierLine(line)).toBe(line)
  })
})
