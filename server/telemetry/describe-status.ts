import type { Status } from '#lib/contracts/status'
import type { Container } from '#server/create-container'
import { retiredModelWarnings } from '#server/deployments/retired-models'

/** What the frame around every page shows. */
export function describeStatus(container: Container): Status {
  const { ledger } = container
  return {
    version: container.version,
    instanceId: container.instanceId,
    startedAt: new Date(container.startedAtMs).toISOString(),
    database: container.db.kind,
    simulated: [...container.simulated],
    warnings: [
      ...container.catalog.problems().map((problem) => `Catalog file not in force: ${problem}`),
      ...retiredModelWarnings(container.catalog.current()),
    ],
    configurationVersion: container.configuration.version(),
    journal: { pendingRecords: ledger.journalPending(), databaseReachable: ledger.databaseReachable() },
    signInMethods: [...container.access.signInMethods],
    storePrompts: container.settings.current().storePrompts,
  }
}
