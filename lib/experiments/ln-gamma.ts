const coefficients = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/**
 * Natural logarithm of the gamma function for x > 0, to about 1e-13 relative.
 * Source: C. Lanczos, "A precision approximation of the gamma function", SIAM J. Numer. Anal. B 1 (1964), g = 7, n = 9.
 */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x)
  const shifted = x - 1
  const base = shifted + 7.5
  const series = coefficients.reduce(
    (sum, one, index) => sum + one / (shifted + index + 1),
    0.9999999999998099,
  )
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series)
}

/** Natural logarithm of the (multivariate) beta function of positive numbers. */
export function lnBeta(parts: readonly number[]): number {
  const total = parts.reduce((sum, part) => sum + part, 0)
  return parts.reduce((sum, part) => sum + lnGamma(part), 0) - lnGamma(total)
}
