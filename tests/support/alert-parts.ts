import type { Observation } from '#lib/alerts/observation'
import type { AlertParts } from '#server/alerts/alert-parts'
import { createPseudonyms } from '#server/audit/pseudonyms'
import { createRecordAudit } from '#server/audit/record-audit'
import type { Database } from '#server/db/database'
import { createRedactor } from '#server/privacy/redactor'
import { createLog } from '#server/telemetry/log'

/** Alerts over a real database, with a clock and observations that the test sets. */
export interface AlertWorld {
  parts: AlertParts
  /** What the reader `world` sees from now on; an error is thrown. */
  see(observations: readonly Observation[] | Error): void
  /** Moves the clock on. */
  pass(ms: number): void
  /** Events of the console, by name. */
  published: string[]
  nowMs(): number
}

export function createAlertWorld(db: Database, overrides: Partial<AlertParts> = {}): AlertWorld {
  let nowMs = Date.UTC(2026, 10, 3, 12)
  let seen: readonly Observation[] | Error = []
  const published: string[] = []
  const read = async () => {
    if (seen instanceof Error) throw seen
    return seen
  }
  const readers = ['breaker', 'capacity', 'budget'].map((name) => ({
    name,
    read: async () => (await read()).filter(({ metric }) => metric.startsWith(`${name}.`)),
  }))
  return {
    published,
    nowMs: () => nowMs,
    see(observations) {
      seen = observations
    },
    pass(ms) {
      nowMs += ms
    },
    parts: {
      db,
      clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
      log: createLog({ level: 'silent', instanceId: 'ins_test' }),
      events: { publish: (name) => void published.push(name), subscribe: () => () => undefined },
      configuration: { check: async () => undefined },
      redactTwice: createRedactor().redactTwice,
      record: createRecordAudit({
        pseudonyms: createPseudonyms(['pseudonym-key-for-tests-0123456789']),
        nowMs: () => nowMs,
      }),
      readers,
      publicUrl: () => 'http://console.test',
      privateHosts: 'loopback',
      authSecret: 'distinctive-auth-secret-0123456789-abcdefgh',
      ...overrides,
    },
  }
}

export const breakerOpen: Observation = {
  metric: 'breaker.open',
  labels: { deployment: 'we-premium', signal: 'health' },
  value: 1,
  unit: 'state',
  requestIds: ['req_2', 'req_1'],
  detail: '3 of 3 calls failed',
}

/** A deed of an operator. */
export const deed = { actorId: 'usr_1', reason: 'a test of alerts', requestId: 'req_admin' }
