import { describe, expect, it } from 'vitest'
import { countFields, fromEarlierLine } from '#lib/costs/earlier-ledger-line'
import { encodeLedgerLine, isWholeLine, ledgerLineFields, requestIdOf } from '#lib/costs/ledger-line'
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

  const untraced = {
    ...record,
    spanId: null,
    parentSpanId: null,
    planUs: null,
    attempts: record.attempts.map((attempt) => ({
      ...attempt,
      spanId: null,
      reason: null,
      breakerPhase: null,
    })),
  }

  it('is the same that an earlier version wrote as JSON', () => {
    const { attempts, usage, ...rest } = untraced
    const { source, ...tokens } = usage
    const { spanId: _span, parentSpanId: _parent, planUs: _plan, ...early } = rest
    const entry = JSON.stringify({ ...early, ...tokens, usageSource: source, attempts: attempts.length })
    const rows = attempts.map((attempt, index) => ({
      accountId: rest.accountId,
      sequence: index + 1,
      ...attempt,
      spanId: undefined,
      reason: undefined,
      breakerPhase: undefined,
    }))
    const earlier = `[${entry.length},${entry},${JSON.stringify(rows)}]`
    expect(fromEarlierLine(earlier)).toBe(encodeLedgerLine(untraced))
    expect(fromEarlierLine(earlier.slice(0, -20))).toBe(earlier.slice(0, -20))
    expect(fromEarlierLine(line)).toBe(line)
  })

  it('of fewer columns gets those that came later as nulls', () => {
    expect(countFields(line)).toBe(ledgerLineFields)
    const nasty = [...'a",\\){}('].flatMap((char) => [char, `${char}${char}`, `${char},"`])
    for (const creatorId of nasty) {
      const whole = encodeLedgerLine({ ...record, creatorId, answerText: creatorId })
      expect(countFields(whole)).toBe(ledgerLineFields)
      const earlier = `${whole.slice(0, whole.lastIndexOf('\\",b7ad6b7169203331') + 2)})"`
      expect(countFields(earlier)).toBe(38)
      expect(fromEarlierLine(earlier)).toBe(`${earlier.slice(0, -2)},,,,,,)"`)
    }
  })
})
