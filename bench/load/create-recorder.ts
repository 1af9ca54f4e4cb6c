import { build } from 'hdr-histogram-js'
import type { Spread } from '#bench/load/load-jobs'

/** Collects durations in microseconds (three significant digits, up to ten minutes). */
export interface Recorder {
  readonly record: (durationUs: number) => void
  readonly read: () => Spread
}

export function createRecorder(): Recorder {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
  })
  return {
    record: (durationUs) => histogram.recordValue(Math.max(0, Math.round(durationUs))),
    read: () => ({
      p50Us: histogram.getValueAtPercentile(50),
      p95Us: histogram.getValueAtPercentile(95),
      p99Us: histogram.getValueAtPercentile(99),
      maxUs: histogram.maxValue,
    }),
  }
}
