import { expect, it } from 'vitest'
import { formatRate } from '#lib/telemetry/format-rate'

it.each([
  [0, '0'],
  [0.0033, '<0.01'],
  [0.005, '0.01'],
  [0.0586, '0.06'],
  [0.095, '0.1'],
  [4.25, '4.3'],
  [42, '42.0'],
  [1420.4, '1,420'],
])('formatRate(%d) is %s', (perSecond, text) => {
  expect(formatRate(perSecond)).toBe(text)
})
