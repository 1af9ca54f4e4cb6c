import { describe, expect, it } from 'vitest'
import { rankSeries } from '#components/charts/rank-series'
import { formatCost } from '#components/ui/format-cost'
import { formatCountdown, formatMs, formatRelative } from '#components/ui/format-duration'
import { formatChange, formatCompact, formatRate, formatRatio } from '#components/ui/format-number'
import { formatUsdText } from '#components/ui/format-usd-text'

describe('numbers a person reads', () => {
  it.each([
    [null, '–'],
    [0, '0'],
    [9_999, '9,999'],
    [12_400, '12.4 k'],
    [999_499, '999 k'],
    [999_500, '1 M'],
    [31_240_118, '31.2 M'],
  ])('compacts %s to %s', (value, text) => expect(formatCompact(value)).toBe(text))

  it.each([
    [0, '0 %'],
    [0.0042, '0.42 %'],
    [0.125, '12.5 %'],
    [1, '100 %'],
  ])('shows the share %s as %s', (value, text) => expect(formatRatio(value)).toBe(text))

  it.each([
    [0.014, '0.01'],
    [0.3, '0.3'],
    [42.2, '42.2'],
    [1420, '1,420'],
  ])('shows the rate %s as %s', (value, text) => expect(formatRate(value)).toBe(text))

  it.each([
    [-5, '0 s'],
    [8_001, '9 s'],
    [245_000, '4 min 05 s'],
    [7_800_000, '2 h 10 min'],
    [187_200_000, '2 d 4 h'],
  ])('counts %s ms down as %s', (ms, text) => expect(formatCountdown(ms)).toBe(text))

  it('shows a change only where there is something to compare with', () => {
    expect(formatChange(12, 10)).toBe('+20 %')
    expect(formatChange(8, 10)).toBe('−20 %')
    expect(formatChange(10, 10)).toBe('±0 %')
    expect(formatChange(10, 0)).toBeNull()
    expect(formatChange(10, null)).toBeNull()
  })

  it.each([
    [0.4, '0.4 ms'],
    [84.4, '84 ms'],
    [1240, '1.24 s'],
    [125_000, '2 min 5 s'],
    [1_800_000, '30 min'],
    [5_400_000, '1 h 30 min'],
    [86_400_000, '1 d'],
    [90_000_000, '1 d 1 h'],
    [7_199_999, '2 h'],
  ])('shows %s ms as %s', (value, text) => expect(formatMs(value)).toBe(text))

  it('says how far away a moment is, on both sides of now', () => {
    expect(formatRelative(1_000_000, 1_000_400)).toBe('now')
    expect(formatRelative(1_000_000, 1_004_200)).toBe('4 s ago')
    expect(formatRelative(1_000_000 + 3 * 86_400_000, 1_000_000)).toBe('in 3 d')
  })

  it('never turns a missing price into nothing', () => {
    expect(formatCost(null)).toBe('no price')
    expect(formatCost('4200000000')).toBe('$0.0042')
  })

  it('reads the decimal dollars of a header without a float in between', () => {
    expect(formatUsdText('0.0042')).toBe('$0.0042')
    expect(formatUsdText('1284.1')).toBe('$1,284.10')
    expect(formatUsdText(null)).toBe('–')
  })
})

describe('rankSeries', () => {
  it('keeps the sum of every moment when it folds the small into other', () => {
    const records: Record<string, number>[] = [
      { a: 5, b: 1, c: 2 },
      { a: 4, d: 7 },
    ]
    const ranked = rankSeries(records, 2)
    expect(ranked.map(({ name }) => name)).toEqual(['a', 'other'])
    expect(
      records.map((_, index) => ranked.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)),
    ).toEqual([8, 11])
  })
})
