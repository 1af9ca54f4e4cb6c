/**
 * Quantile of the standard normal distribution, to 1e-4 and better.
 * Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.2.23.
 */
export function normalQuantile(share: number): number {
  if (share < 0.5) return -normalQuantile(1 - share)
  const t = Math.sqrt(-2 * Math.log(1 - share))
  const above = 2.515517 + 0.802853 * t + 0.010328 * t * t
  const below = 1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3
  return t - above / below
}

/**
 * Quantile of Student's t distribution, to about 1 % from three degrees of freedom on.
 * Source: the Cornish–Fisher expansion, Abramowitz & Stegun, 26.7.5.
 */
export function tQuantile(share: number, freedom: number): number {
  const z = normalQuantile(share)
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3
}
