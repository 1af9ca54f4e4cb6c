/**
 * Upper bounds in milliseconds of the latency histogram: each 1.25 times the last, from 1 ms to about 11 minutes,
 * so that a quantile read from it is off by at most 12 %.
 */
export const latencyBucketBoundsMs: readonly number[] = Array.from({ length: 61 }, (_, k) => 1.25 ** k)

/** Index of the bucket whose bound is the first at or above `valueMs`; the last bucket takes all beyond. */
export function latencyBucket(valueMs: number): number {
  if (valueMs <= 1) return 0
  const index = Math.ceil(Math.log(valueMs) / Math.log(1.25) - 1e-9)
  return Math.min(index, latencyBucketBoundsMs.length - 1)
}

/**
 * The `q`-quantile (0 to 1) of a histogram, interpolated inside its bucket; null for an empty one.
 * Counts are indexed as the bounds are.
 */
export function latencyQuantile(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, n) => sum + n, 0)
  if (total === 0) return null
  const rank = q * total
  let seen = 0
  for (const [index, n] of counts.entries()) {
    if (n > 0 && seen + n >= rank) {
      const upper = latencyBucketBoundsMs[index] ?? 0
      const lower = index === 0 ? 0 : (latencyBucketBoundsMs[index - 1] ?? 0)
      return lower + (upper - lower) * Math.max(0, (rank - seen) / n)
    }
    seen += n
  }
  return null
}
