/** Exact to the millisecond in the viewer's zone, with the zone's name. */
export function formatExactTime(iso: string | number): string {
  if (Number.isNaN(new Date(iso).getTime())) return '–'
  return new Intl.DateTimeFormat(undefined, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(new Date(iso))
}

/** Day and year: `24 Nov 2026`. */
export function formatDay(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(
    new Date(iso),
  )
}

/** A tick on a time axis: clock for short spans, to the second for minutes, day and hour for days, day alone for weeks. */
export function formatTick(iso: string, spanMs: number): string {
  const seconds = spanMs <= 5 * 60_000 ? ({ second: '2-digit' } as const) : {}
  const options: Intl.DateTimeFormatOptions =
    spanMs <= 26 * 3_600_000
      ? { hour: '2-digit', minute: '2-digit', ...seconds }
      : spanMs <= 3 * 86_400_000
        ? { weekday: 'short', hour: '2-digit', minute: '2-digit' }
        : { day: 'numeric', month: 'short' }
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(iso))
}
