/** One model's tokens of one kind on one day: on the invoice, and in the ledger. */
export interface VarianceInput {
  invoicedTokens: number
  invoicedPicoUsd: bigint
  ledgerTokens: number
  /** Null when the ledger's model has no price on that day. */
  ledgerPicoUsd: bigint | null
  /** Invoiced less ledger tokens of the same model and kind, the day before and the day after. */
  neighbours: { before: number; after: number }
  /** Invoiced less ledger tokens of the model's input, cached or not, on the day; null for output. */
  allInputDifference: number | null
  /** The invoice's latest day is still being filled. */
  unfinished: boolean
}

export type VarianceCause =
  | 'none'
  | 'unpriced_model'
  | 'price_change'
  | 'cached_tokens'
  | 'time_zone'
  | 'unlogged_traffic'
  | 'not_invoiced'

export interface VarianceExplanation {
  cause: VarianceCause
  /** One sentence with its figures. */
  text: string
}

/** Up to here figures count as the same: counts are rounded to thousands of tokens, prices to a few digits. */
const tolerance = 0.005
const leastTokens = 1_000

/** The likely cause of what invoice and ledger say differently; the first that fits, the most certain ones first. */
export function explainVariance(input: VarianceInput): VarianceExplanation {
  const { invoicedTokens, ledgerTokens, ledgerPicoUsd } = input
  const difference = invoicedTokens - ledgerTokens
  const sameTokens = isSmall(difference, Math.max(invoicedTokens, ledgerTokens))
  if (ledgerPicoUsd === null && ledgerTokens > 0)
    return say(
      'unpriced_model',
      `${count(ledgerTokens)} tokens in the ledger have no price in the price book.`,
    )
  const ledger = ledgerPicoUsd ?? 0n
  const sameCost = isSmallMoney(input.invoicedPicoUsd - ledger, input.invoicedPicoUsd)
  if (sameTokens && sameCost) return say('none', 'Invoice and ledger agree.')
  if (sameTokens) return priceChange(input, ledger)
  return tokenCause(input, difference)
}

function priceChange(
  { invoicedTokens, ledgerTokens, invoicedPicoUsd }: VarianceInput,
  ledger: bigint,
): VarianceExplanation {
  const paid = perMillion(invoicedPicoUsd, invoicedTokens)
  const booked = perMillion(ledger, ledgerTokens)
  return say(
    'price_change',
    `The tokens agree; the invoice charges $${paid} a million, the price book says $${booked}.`,
  )
}

function tokenCause(input: VarianceInput, difference: number): VarianceExplanation {
  const { neighbours, allInputDifference, invoicedTokens, ledgerTokens } = input
  const size = Math.max(invoicedTokens, ledgerTokens)
  if (allInputDifference !== null && Math.abs(allInputDifference) <= Math.abs(difference) * 0.1)
    return say(
      'cached_tokens',
      `Input adds up, but ${count(Math.abs(difference))} tokens are ${difference > 0 ? 'here' : 'elsewhere'} on the invoice: cached input is counted apart.`,
    )
  const offset = [neighbours.before, neighbours.after, neighbours.before + neighbours.after].some(
    (other) =>
      Math.sign(other) === -Math.sign(difference) &&
      Math.abs(other + difference) <= Math.abs(difference) * 0.1,
  )
  if (offset)
    return say(
      'time_zone',
      `${count(Math.abs(difference))} tokens stand on the day before or after instead: days are cut at another hour.`,
    )
  if (difference > 0)
    return say(
      'unlogged_traffic',
      `${count(difference)} tokens (${percent(difference, size)}) were charged that did not pass through here.`,
    )
  return say(
    'not_invoiced',
    `${count(-difference)} tokens (${percent(-difference, size)}) of the ledger are not on the invoice${input.unfinished ? ' yet: its last day is still being filled' : ''}.`,
  )
}

function isSmall(difference: number, of: number): boolean {
  return Math.abs(difference) <= Math.max(leastTokens, of * tolerance)
}

function isSmallMoney(difference: bigint, of: bigint): boolean {
  const [size, whole] = [difference, of].map((each) => (each < 0n ? -each : each))
  return (size ?? 0n) * 1000n <= (whole ?? 0n) * BigInt(tolerance * 1000)
}

function perMillion(picoUsd: bigint, tokens: number): string {
  return (Number(picoUsd) / Math.max(1, tokens) / 1e6).toPrecision(4)
}

function count(tokens: number): string {
  return Math.round(tokens).toLocaleString('en-US')
}

function percent(part: number, whole: number): string {
  return `${((part / Math.max(1, whole)) * 100).toFixed(1)} %`
}

function say(cause: VarianceCause, text: string): VarianceExplanation {
  return { cause, text }
}
