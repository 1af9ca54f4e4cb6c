import { describe, expect, it } from 'vitest'
import { bucketEnd, countAbove, histogramQuantile, ratioBucket } from '#lib/traffic/ratio-histogram'
import { addEnded, countsInWork } from '#lib/traffic/rollout-observation'

const answered = {
  cancelled: false,
  error: false,
  refused: false,
  latencyMs: 900,
  firstTokenMs: null,
  costNanoUsd: 400_000,
  newUnit: true,
}

describe('counting requests of a rollout', () => {
  it('adds up, whatever is missing of a request', () => {
    const failed = { ...answered, error: true, latencyMs: null, costNanoUsd: null, newUnit: false }
    const streamed = { ...answered, latencyMs: null, firstTokenMs: 300, refused: true, newUnit: false }
    const gone = { ...answered, cancelled: true }
    const counts = countsInWork()
    for (const request of [answered, failed, streamed, gone]) addEnded(counts, request)
    expect(counts).toMatchObject({
      requests: 3,
      errors: 1,
      refusals: 1,
      costSumNanoUsd: 800_000,
      units: 2,
      latencyMs: { [ratioBucket(900)]: 1 },
      firstTokenMs: { [ratioBucket(300)]: 1 },
      costNanoUsd: { [ratioBucket(400_000)]: 2 },
    })
  })

  it('keeps values within 5 %', () => {
    for (const value of [1, 2, 17, 900, 60_000, 4e9]) {
      const end = bucketEnd(ratioBucket(value))
      expect(end).toBeGreaterThanOrEqual(value * (1 - 1e-9))
      expect(end).toBeLessThanOrEqual(value * 1.05 * (1 + 1e-9))
    }
    expect(histogramQuantile({}, 0.95)).toBe(null)
    expect(countAbove({ 10: 3, 11: 2, 9: 1 }, 9)).toBe(5)
  })
})
