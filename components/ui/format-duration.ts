const longUnits: readonly [unitMs: number, unit: string, partMs: number, part: string][] = [
  [86_400_000, 'd', 3_600_000, 'h'],
  [3_600_000, 'h', 60_000, 'min'],
  [60_000, 'min', 1000, 's'],
]

/** A duration with its unit: `84 ms`, `1.24 s`, `2 min 5 s`, `30 min`, `1 h 30 min`, `7 d`. */
export function formatMs(value: number | null | undefined): string {
  if (value == null) return '–'
  if (value < 10) return `${value.toFixed(value < 1 && value > 0 ? 1 : 0)} ms`
  if (value < 1000) return `${Math.round(value)} ms`
  if (value < 60_000) return `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`
  const [unitMs, unit, partMs, part] = longUnits.find(([ms]) => value >= ms) ?? [60_000, 'min', 1000, 's']
  const parts = Math.round(value / partMs)
  const perUnit = unitMs / partMs
  const rest = parts % perUnit === 0 ? '' : ` ${parts % perUnit} ${part}`
  return `${Math.floor(parts / perUnit)} ${unit}${rest}`
}

/** Microseconds as `0.42 ms`. */
export function formatUs(value: number): string {
  return value < 10_000 ? `${(value / 1000).toFixed(2)} ms` : formatMs(value / 1000)
}

const steps: readonly [limitMs: number, unitMs: number, unit: string][] = [
  [60_000, 1000, 's'],
  [3_600_000, 60_000, 'min'],
  [86_400_000, 3_600_000, 'h'],
  [Number.POSITIVE_INFINITY, 86_400_000, 'd'],
]

/** One number and one unit, rounded down: `4 s`, `12 min`, `3 h`, `9 d`. */
export function formatSpan(ms: number): string {
  const size = Math.max(0, ms)
  const [, unitMs, unit] = steps.find(([limit]) => size < limit) ?? [0, 1000, 's']
  return `${Math.floor(size / unitMs)} ${unit}`
}

/** What is left, rounded up to the second, so that it ends with what it counts down to: `9 s`, `4 min 05 s`, `2 h 10 min`. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${two(minutes % 60)} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `now`, `4 s ago`, `in 3 d`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const age = nowMs - atMs
  if (Math.abs(age) < 1000) return 'now'
  return age > 0 ? `${formatSpan(age)} ago` : `in ${formatSpan(-age)}`
}
