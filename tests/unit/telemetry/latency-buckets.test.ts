import { describe, expect, it } from 'vitest'
import { latencyBucket, latencyBucketBoundsMs, latencyQuantile } from '#lib/telemetry/latency-buckets'

describe('latency buckets', () => {
  it('hold each value up to and including their bound', () => {
    for (const [index, bound] of latencyBucketBoundsMs.entries()) {
      expect(latencyBucket(bound)).toBe(index)
      expect(latencyBucket(bound * 1.001)).toBe(Math.min(index + 1, latencyBucketBoundsMs.length - 1))
    }
    expect(latencyBucket(0)).toBe(0)
    expect(latencyBucket(1e12)).toBe(latencyBucketBoundsMs.length - 1)
  })

  it('give quantiles within an eighth of the true value', () => {
    const values = Array.from({ length: 1000 }, (_, index) => 5 + index * 3)
    const counts = new Array<number>(latencyBucketBoundsMs.length).fill(0)
    for (const value of values) counts[latencyBucket(value)] = (counts[latencyBucket(value)] ?? 0) + 1
    for (const q of [0.1, 0.5, 0.95, 0.99]) {
      const exact = values[Math.floor(q * values.length)] ?? 0
      const read = latencyQuantile(counts, q) ?? 0
      expect(Math.abs(read - exact) / exact).toBeLessThan(0.125)
    }
    expect(latencyQuantile([0, 0], 0.5)).toBeNull()
  })
})
