import type { SpanRow } from '#lib/telemetry/span-rows'
import classes from './span-waterfall.module.css'

interface SpanBarProps {
  row: SpanRow
  wholeMs: number
  /** An outcome, or which of our own spans it is. */
  tone: string
  /** Milliseconds from the span's start. */
  firstTokenMs?: number | null
}

/** A span on the time axis; the wait for a first token is paler than what follows it. */
export function SpanBar({ row: { offsetMs, durationMs }, wholeMs, tone, firstTokenMs }: SpanBarProps) {
  const percent = (ms: number) => `${Math.min(100, (ms / wholeMs) * 100).toFixed(2)}%`
  const waitMs = firstTokenMs ?? durationMs
  return (
    <div className={classes.track} data-tone={tone} aria-hidden>
      <span className={classes.wait} style={{ left: percent(offsetMs), width: percent(waitMs) }} />
      {firstTokenMs === undefined ? null : (
        <span
          className={classes.stream}
          style={{ left: percent(offsetMs + waitMs), width: percent(durationMs - waitMs) }}
        />
      )}
    </div>
  )
}
