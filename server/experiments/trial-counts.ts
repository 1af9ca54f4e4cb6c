import type { LedgerRecord } from '#lib/costs/ledger-record'
import { noUnitTotals, type UnitTotals, unitTotalNames } from '#lib/experiments/experiment-metrics'
import { totalsOfRequest } from '#lib/experiments/totals-of-request'
import type { PlannedTrial } from '#lib/experiments/trial'
import type { Database } from '#server/db/database'
import { type CountedSpan, type CountedUnit, saveTrialCounts } from '#server/experiments/save-trial-counts'
import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'

/**
 * Counts what the variants' units do, in memory, and adds it to the database soon after; nobody's answer waits for it. What
 * was counted within the last two seconds is lost with a process that is killed.
 */
export interface TrialCounts {
  ended(trials: readonly PlannedTrial[], record: LedgerRecord): void
  /** Resolves when everything counted so far is written. @throws when the database does not take it. */
  flush(): Promise<void>
  close(): Promise<void>
}

const flushAfterMs = 2_000
/** Units that wait for a database that is away; beyond it counts are dropped, and the log says so. */
const mostWaiting = 50_000
export const spanMs = 15_000

export function createTrialCounts({ db, log }: { db: Database; log: Pick<Log, 'warn'> }): TrialCounts {
  let units = new Map<string, CountedUnit>()
  let spans = new Map<string, CountedSpan>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let writing: Promise<void> = Promise.resolve()
  let failing = false
  let closed = false

  function schedule(): void {
    if (timer || closed) return
    timer = setTimeout(() => {
      timer = null
      void flush().catch(() => undefined)
    }, flushAfterMs)
    timer.unref()
  }

  async function write(): Promise<void> {
    const [takenUnits, takenSpans] = [units, spans]
    if (takenUnits.size === 0) return
    units = new Map()
    spans = new Map()
    try {
      await saveTrialCounts(db, { units: [...takenUnits.values()], spans: [...takenSpans.values()] })
      failing = false
    } catch (error) {
      if (!failing)
        log.warn({ cause: safeCause(error) }, 'counts of experiments cannot be written; they are kept')
      failing = true
      for (const [key, unit] of takenUnits) mergeUnit(units, key, unit)
      for (const [key, span] of takenSpans) mergeSpan(spans, key, span)
      schedule()
      throw error
    }
  }

  function flush(): Promise<void> {
    writing = writing.catch(() => undefined).then(write)
    return writing
  }

  return {
    ended(trials, record) {
      for (const trial of trials) {
        const { experimentId, variant, person } = trial
        const { accountId, startedAtMs } = record
        const key = `${experimentId}\0${accountId}\0${person}`
        if (units.size >= mostWaiting && !units.has(key)) continue
        const totals = totalsOfRequest(record, trial)
        mergeUnit(units, key, { experimentId, variant, accountId, person, exposedAtMs: startedAtMs, totals })
        const startsAtMs = Math.floor((startedAtMs + record.latencyMs) / spanMs) * spanMs
        const { requests, errors, refusals } = totals
        mergeSpan(spans, `${experimentId}\0${variant}\0${startsAtMs}`, {
          experimentId,
          variant,
          startsAtMs,
          requests,
          errors,
          refusals,
        })
      }
      if (trials.length > 0) schedule()
    },
    flush,
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await flush().catch((error: unknown) =>
        log.warn({ cause: safeCause(error) }, 'the last counts of experiments could not be written'),
      )
    },
  }
}

function mergeUnit(units: Map<string, CountedUnit>, key: string, more: CountedUnit): void {
  const present = units.get(key)
  units.set(key, present ? { ...present, totals: addTotals(present.totals, more.totals) } : more)
}

function addTotals(one: UnitTotals, other: UnitTotals): UnitTotals {
  const sum = { ...noUnitTotals }
  for (const name of unitTotalNames) sum[name] = one[name] + other[name]
  return sum
}

function mergeSpan(spans: Map<string, CountedSpan>, key: string, more: CountedSpan): void {
  const present = spans.get(key)
  if (!present) return void spans.set(key, more)
  const { requests, errors, refusals } = present
  spans.set(key, {
    ...present,
    requests: requests + more.requests,
    errors: errors + more.errors,
    refusals: refusals + more.refusals,
  })
}
