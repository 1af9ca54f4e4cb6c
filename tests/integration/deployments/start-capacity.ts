import { vi } from 'vitest'
import type { CapacityChangeView, CapacityLineView } from '#lib/contracts/capacity'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { createRecordAudit } from '#server/audit/record-audit'
import { createConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import { type Capacity, type CapacityOptions, createCapacity } from '#server/deployments/capacity'
import { createCapacityCredential } from '#server/deployments/capacity-credential'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { createConsoleEvents } from '#server/telemetry/console-events'
import { bookInto } from '#tests/support/book-records'
import { anAttempt, aRecord } from '#tests/support/ledger-records'
import { testPseudonyms } from '#tests/support/pseudonyms'

const minuteMs = 60_000

export interface TestCapacity extends Capacity {
  line(id: string): Promise<CapacityLineView>
  /** Resolves when the deployment's last change has ended. */
  ended(id: string): Promise<CapacityChangeView>
  /** Names of console events so far. */
  published: string[]
  logged: string[]
  configurationVersion(): number
}

export interface CapacitySetting extends Partial<Omit<CapacityOptions, 'catalog' | 'clock' | 'credential'>> {
  db: Database
  catalog: CatalogInput
  /** Its time is the process's. */
  clock: { nowMs: number }
  credential: NonNullable<Parameters<typeof createCapacityCredential>[0]['open']>
}

/** Capacities as one process of several has them: over a database, with a clock of the test's. */
export async function startCapacity(setting: CapacitySetting): Promise<TestCapacity> {
  const parsed = parseCatalog(setting.catalog)
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  const { clock } = setting
  const nowMs = () => clock.nowMs
  const [published, logged]: [string[], string[]] = [[], []]
  const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const log = {
    debug: note,
    info: note,
    warn: note,
    error: note,
    forError: () => undefined,
    flush: () => undefined,
  }
  const configuration = createConfigurationWatcher({ db: setting.db, log })
  await configuration.check()
  const events = createConsoleEvents({ nowMs })
  events.subscribe(({ name }) => void published.push(name))
  const capacity = createCapacity({
    log,
    record: createRecordAudit({ pseudonyms: testPseudonyms, nowMs }),
    configuration,
    events,
    gauges: createDeploymentGauges({ nowMs }),
    simulator: null,
    instanceId: 'ins_one',
    pollEveryMs: 1,
    ...setting,
    clock: { nowMs, monotonicMs: nowMs },
    catalog: () => parsed.catalog,
    credential: createCapacityCredential({ nowMs, open: setting.credential }),
  })
  const line = async (id: string) => {
    const found = (await capacity.describe()).lines.find(({ deploymentId }) => deploymentId === id)
    if (!found) throw new Error(`the plan has no line for ${id}`)
    return found
  }
  return {
    ...capacity,
    line,
    ended: (id) =>
      vi.waitFor(
        async () => {
          const { change } = await line(id)
          if (!change || change.state === 'applying') throw new Error(`the change of ${id} has not ended`)
          return change
        },
        { timeout: 30_000, interval: 5 },
      ),
    published,
    logged,
    configurationVersion: configuration.version,
    close: () => capacity.close(),
  }
}

export interface BookedMinutes {
  deploymentId: string
  /** The first of them, counted back from now; 1 = the last whole minute. */
  minutesAgo: number
  count: number
  tokens: number
  /** Refused calls in each minute, beside the one that is answered. */
  refused?: number
}

/** Books one answered request a minute, and the refused ones, as the ledger does. */
export async function bookMinutes(db: Database, nowMs: number, booked: BookedMinutes): Promise<void> {
  const { deploymentId, minutesAgo, count, tokens, refused = 0 } = booked
  const endMs = Math.floor(nowMs / minuteMs) * minuteMs
  const records = Array.from({ length: count }, (_, index) => {
    const startedAtMs = endMs - (minutesAgo - index) * minuteMs + 5
    const id = (what: string) => `req_${what}_${deploymentId}_${startedAtMs}`
    const served = { deploymentId, startedAtMs }
    const usage = { ...aRecord('x').usage, inputTokens: tokens, outputTokens: 0 }
    const failed = {
      deploymentId,
      outcome: 'error',
      failureClass: 'rate_limited',
      inputTokens: 0,
      outputTokens: 0,
    } as const
    return [
      aRecord(id('good'), { ...served, usage, attempts: [anAttempt({ deploymentId, inputTokens: tokens })] }),
      ...Array.from({ length: refused }, (_entry, number) =>
        aRecord(id(`bad${number}`), {
          ...served,
          outcome: 'error',
          usage: { ...usage, inputTokens: 0 },
          attempts: [anAttempt(failed)],
        }),
      ),
    ]
  })
  await bookInto(db, records.flat())
}
