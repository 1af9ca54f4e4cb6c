import { type Bar, judgeBar } from '#bench/report/judge-bar'
import type { Table } from '#bench/report/tables'
import type { OverloadSample } from '#bench/resilience/overload/measure-overload'
import { SHEDDING, UPSTREAM } from '#bench/resilience/overload/overload-catalog'

/** The longest service, the longest wait for a place, and what the machine may add. */
const LONGEST_SERVICE_MS = UPSTREAM.serviceMs * 1.25
const MARGIN_MS = 100
const P99_LIMIT_MS = LONGEST_SERVICE_MS + SHEDDING.maxWaitMs + MARGIN_MS

const ms = (us: number) => (us / 1000).toFixed(1)
const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

function goodputShare({ result, capacityPerSecond }: OverloadSample): number {
  return result.answered / result.seconds / capacityPerSecond
}

export function buildOverloadTable(samples: readonly OverloadSample[]): Table {
  return {
    title: `Overload: ${UPSTREAM.places} places of ${UPSTREAM.serviceMs} ms, callers give up after 2 s`,
    columns: [
      'gateway',
      'round',
      'capacity/s',
      'offered',
      'answered/s',
      'of capacity',
      'admitted p50 ms',
      'p99 ms',
      'refused',
      'refused p99 ms',
      'gave up',
      'failed',
      'CPU ms/req',
      'sent late p99 ms',
    ],
    rows: samples.map((sample) => {
      const { bulkhead, round, capacityPerSecond, result } = sample
      return [
        bulkhead === 'shedding' ? 'with bulkhead' : 'without',
        String(round + 1),
        count(capacityPerSecond),
        `${(result.requests / result.seconds / capacityPerSecond).toFixed(2)}×`,
        count(result.answered / result.seconds),
        percent(goodputShare(sample)),
        ms(result.admitted.p50Us),
        ms(result.admitted.p99Us),
        count(result.refused),
        result.refused === 0 ? '–' : ms(result.refusals.p99Us),
        count(result.gaveUp),
        count(result.failures),
        (result.cpuMs / result.sent).toFixed(3),
        ms(result.lateness.p99Us),
      ]
    }),
    notes: [
      ...samples.flatMap(({ result }) =>
        result.firstFailure === undefined ? [] : [`failed first: ${result.firstFailure}`],
      ),
      'Who was not refused counts as admitted; who gave up, with the 2 s it waited.',
    ],
  }
}

/** Judged in the worst round of the gateway that sheds. */
export function judgeOverload(samples: readonly OverloadSample[]): Bar[] {
  const shedding = samples.filter(({ bulkhead }) => bulkhead === 'shedding')
  const results = shedding.map(({ result }) => result)
  return [
    judgeBar({
      name: 'goodput at 3× overload, of capacity',
      limit: '≥ 90 %',
      value: Math.min(...shedding.map(goodputShare)),
      isWithin: (value) => value >= 0.9,
      format: percent,
    }),
    judgeBar({
      name: 'p99 of admitted requests at 3× overload (service + wait + 100 ms)',
      limit: `≤ ${P99_LIMIT_MS} ms`,
      value: Math.max(...results.map(({ admitted }) => admitted.p99Us / 1000)),
      isWithin: (value) => value <= P99_LIMIT_MS,
      format: (value) => `${value.toFixed(0)} ms`,
    }),
    judgeBar({
      name: 'refusals without Retry-After, and other failures',
      limit: '0',
      value:
        results.length === 0
          ? undefined
          : results.reduce((sum, one) => sum + one.refusedWithoutRetryAfter + one.failures, 0),
      isWithin: (value) => value === 0,
      format: String,
    }),
  ]
}
