/** What a provisioned deployment served in a span, by whatever it is split. */
export interface ServedShare {
  name: string
  requests: number
  /** What the ledger says it would have cost by the token. */
  payAsYouGoPicoUsd: bigint
}

export interface AmortisedPtu {
  /** Units × hours × price: due whatever is asked. */
  fixedPicoUsd: bigint
  payAsYouGoPicoUsd: bigint
  /** Fixed cost as a share of the same by the token: below 1, provisioned throughput pays. Null when nothing was served. */
  breakEvenRatio: number | null
  /** The fixed cost over what was served, by its worth; adds up to it exactly. Empty when nothing was served. */
  shares: readonly (ServedShare & { amortisedPicoUsd: bigint })[]
}

/**
 * Spreads the fixed cost of provisioned throughput over what it served, in proportion to what that would have cost by
 * the token (to the requests, where nothing has a price), and compares the two.
 */
export function amortisePtu(options: {
  units: number
  spanMs: number
  ptuHourPicoUsd: bigint
  served: readonly ServedShare[]
}): AmortisedPtu {
  const { units, spanMs, ptuHourPicoUsd, served } = options
  const fixedPicoUsd = (BigInt(units) * BigInt(Math.round(spanMs)) * ptuHourPicoUsd) / 3_600_000n
  const payAsYouGoPicoUsd = served.reduce((sum, one) => sum + one.payAsYouGoPicoUsd, 0n)
  const weightOf = (one: ServedShare) =>
    payAsYouGoPicoUsd > 0n ? one.payAsYouGoPicoUsd : BigInt(one.requests)
  const whole = served.reduce((sum, one) => sum + weightOf(one), 0n)
  if (whole === 0n) return { fixedPicoUsd, payAsYouGoPicoUsd, breakEvenRatio: null, shares: [] }
  let weight = 0n
  let given = 0n
  const shares = served.map((one) => {
    // Cumulative, so that what rounding takes from one goes to the next and none of it is lost.
    weight += weightOf(one)
    const upTo = (fixedPicoUsd * weight) / whole
    const amortisedPicoUsd = upTo - given
    given = upTo
    return { ...one, amortisedPicoUsd }
  })
  const breakEvenRatio =
    payAsYouGoPicoUsd === 0n ? null : Number((fixedPicoUsd * 10_000n) / payAsYouGoPicoUsd) / 10_000
  return { fixedPicoUsd, payAsYouGoPicoUsd, breakEvenRatio, shares }
}
