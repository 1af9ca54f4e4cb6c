import { expect, it } from 'vitest'
import { createMinuteTokens } from '#server/telemetry/metrics/minute-tokens'

it('forgets tokens that are older than a minute', () => {
  const tokens = createMinuteTokens()
  tokens.add('a', 100, 1_000)
  tokens.add('a', 20, 30_500)
  tokens.add('b', 7, 30_500)
  expect(tokens.read('a', 60_999)).toBe(120)
  expect(tokens.read('a', 61_000)).toBe(20)
  tokens.add('a', 3, 61_500)
  expect([tokens.read('a', 61_500), tokens.read('b', 61_500), tokens.read('c', 61_500)]).toEqual([23, 7, 0])
  expect(tokens.read('a', 200_000)).toBe(0)
})
