const shown = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})

/** `Mon 23 Nov`, of a UTC day. */
export function formatUtcDay(day: string): string {
  return shown.format(new Date(`${day}T00:00:00Z`)).replace(',', '')
}
