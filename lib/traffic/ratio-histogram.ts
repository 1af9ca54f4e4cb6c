/** Counts by bucket; each bucket ends 1.05 times as high as the last. Keys are whole numbers as text, so that it is JSON. */
export type RatioHistogram = Readonly<Record<string, number>>

const lnRatio = Math.log(1.05)

/** The bucket of a value: values in (1.05^(b−1), 1.05^b] share bucket b, all up to 1 bucket 0. */
export function ratioBucket(value: number): number {
  return value <= 1 ? 0 : Math.ceil(Math.log(value) / lnRatio - 1e-9)
}

/** Where a bucket ends, in the unit of the values. */
export function bucketEnd(bucket: number): number {
  return Math.exp(bucket * lnRatio)
}

/** How many whole buckets a ratio ≥ 1 spans, rounded up. */
export function bucketsOf(ratio: number): number {
  return Math.max(0, Math.ceil(Math.log(ratio) / lnRatio - 1e-9))
}

export function mergeHistograms(a: RatioHistogram, b: RatioHistogram): RatioHistogram {
  const merged: Record<string, number> = { ...a }
  for (const [bucket, count] of Object.entries(b)) merged[bucket] = (merged[bucket] ?? 0) + count
  return merged
}

/** What was added to the earlier histogram to make the later one. */
export function subtractHistogram(later: RatioHistogram, earlier: RatioHistogram): RatioHistogram {
  const left: Record<string, number> = {}
  for (const [bucket, count] of Object.entries(later)) {
    const more = count - (earlier[bucket] ?? 0)
    if (more !== 0) left[bucket] = more
  }
  return left
}

export function histogramTotal(histogram: RatioHistogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0)
}

/** How many values lie in buckets above this one. */
export function countAbove(histogram: RatioHistogram, bucket: number): number {
  return Object.entries(histogram).reduce(
    (sum, [key, count]) => (Number(key) > bucket ? sum + count : sum),
    0,
  )
}

/** The bucket that holds the `q`-quantile (0–1); null for an empty histogram. */
export function quantileBucket(histogram: RatioHistogram, q: number): number | null {
  const rank = q * histogramTotal(histogram)
  let seen = 0
  const sorted = Object.entries(histogram).sort(([a], [b]) => Number(a) - Number(b))
  for (const [bucket, count] of sorted) {
    seen += count
    if (count > 0 && seen >= rank) return Number(bucket)
  }
  return null
}

/** The `q`-quantile up to 5 %: the end of its bucket; null for an empty histogram. */
export function histogramQuantile(histogram: RatioHistogram, q: number): number | null {
  const bucket = quantileBucket(histogram, q)
  return bucket === null ? null : bucketEnd(bucket)
}
