import { formatRate as formatKnownRate } from '#lib/telemetry/format-rate'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const missing = '–'

/** `1,284`. */
export function formatCount(value: number | null | undefined): string {
  return value == null ? missing : whole.format(value)
}

/** At most four characters and a magnitude: `950`, `12.4 k`, `10 M`. */
export function formatCompact(value: number | null | undefined): string {
  if (value == null) return missing
  const size = Math.abs(value)
  if (size < 10_000) return whole.format(value)
  const [divisor, letter] = size < 999_500 ? [1e3, 'k'] : size < 999_500_000 ? [1e6, 'M'] : [1e9, 'G']
  return `${threeDigits(value / divisor)} ${letter}`
}

/** Requests a second, as the overview's sentence writes them. */
export function formatRate(value: number | null | undefined): string {
  return value == null ? missing : formatKnownRate(value)
}

/** A share of 1 in per cent: `0 %`, `0.42 %`, `12.5 %`, `100 %`. */
export function formatRatio(value: number | null | undefined): string {
  if (value == null) return missing
  const percent = value * 100
  if (percent === 0 || percent === 100) return `${percent} %`
  return `${percent < 1 ? percent.toFixed(2) : percent.toFixed(1)} %`
}

/** Change against an earlier value in per cent, signed; null where there is nothing to compare with. */
export function formatChange(value: number | null, previous: number | null): string | null {
  if (value === null || previous === null || previous === 0) return null
  const percent = ((value - previous) / previous) * 100
  if (Math.abs(percent) < 0.5) return '±0 %'
  const digits = Math.abs(percent) < 1000 ? percent.toFixed(0) : '999'
  return `${percent > 0 ? '+' : '−'}${digits.replace('-', '')} %`
}

function threeDigits(value: number): string {
  return Math.abs(value) < 99.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0)
}
