/** One bar the gateway has to clear. `measured` is undefined when this run did not measure it. */
export interface Bar {
  readonly name: string
  readonly limit: string
  readonly measured?: string
  readonly verdict: 'pass' | 'miss' | 'not measured'
}

/** A measured value and what it must be within; undefined, NaN and infinity mean that this run did not measure it. */
export interface Judged {
  readonly name: string
  readonly limit: string
  readonly value: number | undefined
  readonly isWithin: (value: number) => boolean
  readonly format: (value: number) => string
}

export function judgeBar({ name, limit, value, isWithin, format }: Judged): Bar {
  if (value === undefined || !Number.isFinite(value)) return { name, limit, verdict: 'not measured' }
  return { name, limit, measured: format(value), verdict: isWithin(value) ? 'pass' : 'miss' }
}
