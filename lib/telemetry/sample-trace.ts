/** Of a W3C trace context, what sampling looks at. */
export interface SampledContext {
  traceId: string
  parentSpanId: string | null
  flags: string
}

/**
 * Is the trace kept? A trace that the caller began is kept when the caller keeps it, so that no trace has holes; one that
 * began here by chance, the same on every instance: by the last 52 bits of its id, which W3C asks to be random.
 */
export function isSampled({ traceId, parentSpanId, flags }: SampledContext, ratio: number): boolean {
  if (parentSpanId !== null) return (Number.parseInt(flags, 16) & 1) === 1
  return Number.parseInt(traceId.slice(-13), 16) / 0x10_0000_0000_0000 < ratio
}
