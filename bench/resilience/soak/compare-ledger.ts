import type { SoakCall } from '#bench/load/run-soak-callers'
import type { AttemptRow, EntryRow, LedgerRows } from '#bench/resilience/soak/read-ledger'
import { DEADLINE_MS, MAX_ATTEMPTS } from '#bench/resilience/soak/soak-catalog'

/** What callers, ledger and upstreams say of the same requests. */
export interface Accounts {
  readonly calls: readonly SoakCall[]
  readonly ledger: LedgerRows
  /** Calls at the upstreams by `<deployment> <request id>`. */
  readonly received: ReadonlyMap<string, number>
}

/** A difference that should not be: how many there are, and the first few in words. */
export interface Difference {
  readonly name: string
  readonly times: number
  readonly examples: readonly string[]
}

export interface Comparison {
  readonly calls: number
  readonly entries: number
  readonly attempts: number
  readonly received: number
  readonly differences: readonly Difference[]
}

const MOST_EXAMPLES = 5
const OVERRUN_MS = 250

function difference(name: string, found: readonly string[]): Difference {
  return { name, times: found.length, examples: found.slice(0, MOST_EXAMPLES) }
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

/** How the ledger names what a caller saw; null where it cannot know (the caller had left). */
function expectedOutcome({ kind, outcome }: SoakCall): string | null {
  if (outcome === 'whole') return 'success'
  if (outcome === 'refused') return 'error'
  // Of a complete stream nothing had gone out: the request failed, its stream was not cut.
  if (outcome === 'cut') return kind === 'complete' ? 'error' : 'cut'
  return null
}

function compareOutcomes(calls: readonly SoakCall[], byCorrelation: ReadonlyMap<string, EntryRow>): string[] {
  return calls.flatMap((call) => {
    const entry = byCorrelation.get(call.correlationId)
    const expected = expectedOutcome(call)
    if (entry === undefined || expected === null) return []
    const isStatusOf = call.status === 200 || entry.httpStatus === call.status
    if (entry.outcome === expected && isStatusOf && entry.id === call.requestId) return []
    return [
      `${entry.id}: caller ${call.outcome} (${call.detail}, ${call.status}), ledger ${entry.outcome} ${entry.httpStatus}`,
    ]
  })
}

/** To the whole answer, or to the first token; complete streams may take longer once theirs is there. */
function findLate(calls: readonly SoakCall[], byCorrelation: ReadonlyMap<string, EntryRow>): string[] {
  return calls.flatMap(({ kind, correlationId }) => {
    const entry = byCorrelation.get(correlationId)
    if (entry === undefined || kind === 'complete') return []
    const tookMs = (kind === 'answer' ? null : entry.firstTokenMs) ?? entry.latencyMs
    return tookMs > DEADLINE_MS + OVERRUN_MS ? [`${entry.id}: ${entry.outcome} after ${tookMs} ms`] : []
  })
}

function compareEntries({ calls, ledger: { entries, attempts } }: Accounts): Difference[] {
  const byCorrelation = new Map(entries.map((entry) => [entry.correlationId, entry]))
  const known = new Set(calls.map(({ correlationId }) => correlationId))
  const attemptsOf = countBy(attempts, ({ requestId }) => requestId)
  return [
    difference(
      'answered requests without a ledger row',
      calls
        .filter(({ outcome, correlationId }) => outcome !== 'left' && !byCorrelation.has(correlationId))
        .map(({ requestId, outcome, detail }) => `${requestId}: ${outcome} ${detail}`),
    ),
    difference(
      'requests with more than one ledger row',
      [...countBy(entries, ({ correlationId }) => correlationId)]
        .filter(([, times]) => times > 1)
        .map(([correlationId, times]) => `${correlationId}: ${times}`),
    ),
    difference(
      'ledger rows of nobody',
      entries.filter(({ correlationId }) => !known.has(correlationId)).map(({ id }) => id),
    ),
    difference(`deadlines overrun by more than ${OVERRUN_MS} ms`, findLate(calls, byCorrelation)),
    difference('ledger rows that say otherwise than the caller', compareOutcomes(calls, byCorrelation)),
    difference(
      'ledger rows that count other attempts than there are',
      entries
        .filter(({ id, attempts: counted }) => counted !== (attemptsOf.get(id) ?? 0))
        .map(({ id, attempts: counted }) => `${id}: ${counted}, rows ${attemptsOf.get(id) ?? 0}`),
    ),
  ]
}

function compareAttempts({ ledger: { attempts }, received }: Accounts): Difference[] {
  const keyOf = ({ deploymentId, requestId }: AttemptRow) => `${deploymentId} ${requestId}`
  const recorded = countBy(attempts, keyOf)
  const last = new Map(attempts.map((row) => [keyOf(row), row]))
  const describe = (key: string) => {
    const row = last.get(key)
    const end = row === undefined ? 'no row' : `${row.failureClass ?? row.outcome} after ${row.durationMs} ms`
    return `${key}: ledger ${recorded.get(key) ?? 0}, upstream ${received.get(key) ?? 0} (${end})`
  }
  const over = [...recorded].filter(([key, times]) => times > (received.get(key) ?? 0)).map(([key]) => key)
  const under = [...received].filter(([key, times]) => times > (recorded.get(key) ?? 0)).map(([key]) => key)
  return [
    difference('attempts in the ledger that no upstream saw', over.map(describe)),
    difference('requests at an upstream that are no attempt in the ledger', under.map(describe)),
    difference(
      'deployments asked more often by one request than the policy allows',
      [...recorded].filter(([, times]) => times > MAX_ATTEMPTS).map(([key]) => describe(key)),
    ),
  ]
}

/** Holds the accounts against each other, request by request and attempt by attempt. */
export function compareLedger(accounts: Accounts): Comparison {
  const { calls, ledger, received } = accounts
  return {
    calls: calls.length,
    entries: ledger.entries.length,
    attempts: ledger.attempts.length,
    received: [...received.values()].reduce((sum, times) => sum + times, 0),
    differences: [...compareEntries(accounts), ...compareAttempts(accounts)],
  }
}
