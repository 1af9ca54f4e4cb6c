/** The latest values of a stream of numbers, of which quantiles are asked now and then. */
export interface QuantileWindow {
  add(value: number): void
  size(): number
  /** The smallest value that at least `share` (0–1) of the kept ones do not exceed; null while there are none. */
  quantile(share: number): number | null
}

/** Keeps the latest `capacity` values; a quantile is counted anew only when values came since. */
export function createQuantileWindow(capacity: number): QuantileWindow {
  const values = new Float64Array(capacity)
  let added = 0
  let sorted: Float64Array | null = null
  const size = () => Math.min(added, capacity)
  return {
    add(value) {
      values[added % capacity] = value
      added += 1
      sorted = null
    },
    size,
    quantile(share) {
      const count = size()
      if (count === 0) return null
      sorted ??= values.slice(0, count).sort()
      return sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? null
    },
  }
}
