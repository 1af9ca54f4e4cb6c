import type { CapacityChangeView, CapacityLineView, CapacityView } from '#lib/contracts/capacity'
import type { Catalog } from '#lib/deployments/catalog'
import type { RecordAudit } from '#server/audit/record-audit'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import { listCapacityChanges, shownChange, toCapacityChangeView } from '#server/deployments/capacity-changes'
import type { CapacityCredential } from '#server/deployments/capacity-credential'
import { createCapacityJob } from '#server/deployments/capacity-job'
import { createCapacityMeans } from '#server/deployments/capacity-means'
import { createCapacityObserver } from '#server/deployments/capacity-observations'
import type { CapacityParts } from '#server/deployments/capacity-parts'
import { createCapacityUtilization } from '#server/deployments/capacity-utilization'
import { applyChange, type CapacityAction, dismissRecommendation } from '#server/deployments/change-capacity'
import type { DeploymentGauges } from '#server/deployments/deployment-gauges'
import { type CapacityCase, readCapacityPlan } from '#server/deployments/read-capacity-plan'
import type { Simulator } from '#server/simulator/start-simulator'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'

/** How full the deployments are, what their capacity should become, and changing it. */
export interface Capacity {
  describe(): Promise<CapacityView>
  /** Answers as soon as the change is begun. @throws AppError as `applyChange` */
  apply(action: CapacityAction & { toUnits: number }): Promise<CapacityChangeView>
  /** @throws AppError as `dismissRecommendation` */
  dismiss(action: CapacityAction): Promise<CapacityChangeView>
  /** Looks at all capacities now, if this instance is the one that does. */
  look(): Promise<void>
  /** From a minute after now, every minute. */
  start(): void
  /** Ends changes under way as failed with an unknown outcome, and waits until that is written. */
  close(): Promise<void>
}

export interface CapacityOptions {
  db: Database
  record: RecordAudit
  clock: Clock
  log: Log
  catalog: () => Catalog
  configuration: Pick<ConfigurationWatcher, 'check'>
  events: Pick<ConsoleEvents, 'publish'>
  gauges: Pick<DeploymentGauges, 'read'>
  /** Null where Azure itself is configured. */
  simulator: Pick<Simulator, 'setLimits'> | null
  credential: CapacityCredential
  instanceId: string
  /** Between two looks at a change under way in Azure, where Azure names no time. */
  pollEveryMs?: number
}

const shownChanges = 50

export function createCapacity(options: CapacityOptions): Capacity {
  const { db, record, clock, log, catalog, configuration, events } = options
  const { gauges, simulator, credential, pollEveryMs } = options
  const utilization = createCapacityUtilization(gauges)
  const parts: CapacityParts = {
    db,
    record,
    clock,
    log,
    catalog,
    configuration,
    events,
    observer: createCapacityObserver({ db, utilization }),
    meansOf: createCapacityMeans({ catalog, credential, simulator, pollEveryMs }),
    simulated: simulator !== null,
    work: new Set(),
    stopping: new AbortController(),
  }
  const job = createCapacityJob({ parts, utilization, holder: options.instanceId })
  return {
    describe: () => describeCapacity(parts),
    apply: async (action) => toCapacityChangeView(await applyChange(parts, action)),
    dismiss: async (action) => toCapacityChangeView(await dismissRecommendation(parts, action)),
    look: job.look,
    start: job.start,
    async close() {
      parts.stopping.abort()
      await job.close()
      await Promise.all(parts.work)
    },
  }
}

async function describeCapacity(parts: CapacityParts): Promise<CapacityView> {
  const cases = await readCapacityPlan(parts)
  const history = await listCapacityChanges(parts.db, shownChanges)
  return {
    lines: await Promise.all(cases.map((found) => describeLine(parts, found))),
    history: history.map(toCapacityChangeView),
  }
}

async function describeLine(
  parts: CapacityParts,
  { line, deployment, record }: CapacityCase,
): Promise<CapacityLineView> {
  const means = await parts.meansOf(deployment)
  const change = shownChange(record)
  return {
    ...line,
    applicable: means.possible,
    applyHint: means.possible ? null : means.hint,
    change: change && toCapacityChangeView(change),
  }
}
