/**
 * Share of the standard normal distribution below `z`, to 7.5e-8.
 * Source: M. Abramowitz and I. Stegun, Handbook of Mathematical Functions (1964), 26.2.17.
 */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z >= 0 ? 1 - tail : tail
}

/** Below this `z` the tail's share is computed by its continued fraction, which converges there and never underflows. */
const tailFrom = -2
const tailTerms = 60

/**
 * ln Φ(z) + z²/2, the two of which nearly cancel far below 0: there each for itself is huge, and Φ is 0 in a double long before
 * its logarithm says nothing. The relative error of Φ is below 1e-5 everywhere.
 * Source: Abramowitz and Stegun, 26.2.14 (Laplace's continued fraction of Mills' ratio).
 */
export function lnScaledNormalShare(z: number): number {
  if (z >= tailFrom) return Math.log(normalShare(z)) + (z * z) / 2
  let fraction = -z
  for (let term = tailTerms; term >= 1; term -= 1) fraction = -z + term / fraction
  return -Math.log(fraction) - 0.5 * Math.log(2 * Math.PI)
}

/** The `z` below which `share` of the standard normal distribution lies. */
export function normalQuantile(share: number): number {
  let [low, high] = [-8, 8]
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2
    if (normalShare(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
