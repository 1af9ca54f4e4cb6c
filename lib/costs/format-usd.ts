const picoPerUsd = 1_000_000_000_000n
const picoPerCent = 10_000_000_000n

/**
 * A cost for a person to read: cents from one dollar up (`$1,284.10`), two significant digits below (`$0.0042`),
 * `$0.00` for exactly nothing. Rounds half away from zero.
 */
export function formatUsd(picoUsd: bigint): string {
  if (picoUsd === 0n) return '$0.00'
  const sign = picoUsd < 0n ? '-' : ''
  const amount = picoUsd < 0n ? -picoUsd : picoUsd
  const unit = amount >= picoPerUsd ? picoPerCent : leastShownUnit(amount)
  const rounded = ((amount + unit / 2n) / unit) * unit
  const [whole = '0', fraction = ''] = decimal(rounded).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const shownDigits = rounded >= picoPerUsd ? 2 : Math.max(2, fractionDigits(leastShownUnit(rounded)))
  return `${sign}$${grouped}.${fraction.padEnd(shownDigits, '0').slice(0, shownDigits)}`
}

/** A cost as an exact decimal number of USD without exponent or trailing zeros (`0.0042`), for machines. */
export function picoToUsdDecimal(picoUsd: bigint): string {
  return picoUsd < 0n ? `-${decimal(-picoUsd)}` : decimal(picoUsd)
}

/** The place of the second significant digit, no larger than a cent and no smaller than a pico-USD. */
function leastShownUnit(amount: bigint): bigint {
  const digits = amount.toString().length
  const unit = 10n ** BigInt(Math.max(0, digits - 2))
  return unit > picoPerCent ? picoPerCent : unit
}

function fractionDigits(unit: bigint): number {
  return 12 - (unit.toString().length - 1)
}

function decimal(amount: bigint): string {
  const fraction = (amount % picoPerUsd).toString().padStart(12, '0').replace(/0+$/, '')
  return fraction === '' ? `${amount / picoPerUsd}` : `${amount / picoPerUsd}.${fraction}`
}
