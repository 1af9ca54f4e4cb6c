import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createKeyUsage } from '#server/access/key-usage'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function usageOf(write: (uses: ReadonlyMap<string, number>) => Promise<void>) {
  const warnings: string[] = []
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
  const usage = createKeyUsage({ write, clock, log: { warn: (_, message) => warnings.push(message) } })
  return { usage, warnings }
}

test('writes the first use within a second, then at most once a minute, and forgets no last use', async () => {
  const written: Record<string, number>[] = []
  const { usage } = usageOf(async (uses) => void written.push(Object.fromEntries(uses)))
  for (let second = 0; second < 90; second += 1) {
    usage.used('key_a', second)
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(written).toEqual([{ key_a: 0 }, { key_a: 60 }])
  await usage.close()
  expect(written.at(-1)).toEqual({ key_a: 89 })
})

test('an idle program has no timer', async () => {
  const { usage } = usageOf(async () => {})
  usage.used('key_a', 1)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('a failed write is repeated and said once, without the details of the statement', async () => {
  let failures = 1
  const written: number[] = []
  const { usage, warnings } = usageOf(async (uses) => {
    failures -= 1
    if (failures >= 0) throw new Error('Failed query: update … params: secret')
    written.push(...uses.values())
  })
  usage.used('key_a', 7)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(written).toEqual([7])
  expect(warnings).toHaveLength(1)
})
