import { eq } from 'drizzle-orm'
import { deploymentControls } from '#schema/deployments'
import { bumpConfiguration } from '#server/config/configuration-version'
import type { ConfigurationWatcher } from '#server/config/configuration-watcher'
import type { Database } from '#server/db/database'
import type { ControlChange, DeploymentControls } from '#server/deployments/deployment-controls'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

type Drained = ReturnType<DeploymentControls['drained']>

const nobody: Drained = new Map()

/** Operators' decisions as rows; every instance reads them anew when the configuration version rises. */
export function createDeploymentControls(options: {
  db: Pick<Database, 'orm'>
  clock: Clock
  configuration: Pick<ConfigurationWatcher, 'check'>
}): DeploymentControls {
  const { db, clock, configuration } = options
  let drained = nobody

  async function change(
    { deploymentId, actorId, reason, along }: ControlChange,
    isDrained: boolean,
  ): Promise<void> {
    const changedAt = new Date(clock.nowMs())
    await db.orm.transaction(async (tx) => {
      const [present] = await tx
        .select()
        .from(deploymentControls)
        .where(eq(deploymentControls.deploymentId, deploymentId))
      if ((present?.drained ?? false) === isDrained)
        throw new AppError('conflict', {
          message: `${deploymentId} is ${isDrained ? 'drained already' : 'not drained'}.`,
        })
      const row = { drained: isDrained, reason, changedBy: actorId, changedAt }
      await tx
        .insert(deploymentControls)
        .values({ deploymentId, ...row })
        .onConflictDoUpdate({ target: deploymentControls.deploymentId, set: row })
      await along?.(tx, { before: { drained: !isDrained }, after: { drained: isDrained } })
      await bumpConfiguration(tx)
    })
    await configuration.check()
  }

  return {
    drained: () => drained,
    drain: (action) => change(action, true),
    undrain: (action) => change(action, false),
    async reload() {
      const rows = await db.orm.select().from(deploymentControls).where(eq(deploymentControls.drained, true))
      drained =
        rows.length === 0
          ? nobody
          : new Map(
              rows.map(({ deploymentId, reason, changedBy, changedAt }) => [
                deploymentId,
                { reason, by: changedBy, sinceMs: changedAt.getTime() },
              ]),
            )
    },
  }
}
