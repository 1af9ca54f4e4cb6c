import { and, eq } from 'drizzle-orm'
import { mostFailures, stepPauseMs } from '#lib/models/fine-tuning-state'
import { modelDeployments } from '#schema/models'
import { bumpConfiguration } from '#server/config/configuration-version'
import { givenBack, leaseMs, takeable, takenBy } from '#server/models/lease-row'
import type { ModelParts } from '#server/models/model-parts'
import {
  describeFailure,
  realiseDeployment,
  statusOf,
  type VersionDeployment,
} from '#server/models/version-deployments'
import { requireVersion } from '#server/models/versions'

const busyPauseMs = 5_000

/** Takes one deployment that is to be made or taken away, and does it. False when none is due. */
export async function stepOneDeployment(parts: ModelParts, signal: AbortSignal): Promise<boolean> {
  const { db, clock, instanceId: holder, events, log } = parts
  const nowMs = clock.nowMs()
  const [row] = await db.orm
    .update(modelDeployments)
    .set(takenBy(holder, nowMs))
    .where(takeable(modelDeployments, { holder, states: ['creating', 'deleting'], nowMs }))
    .returning()
  if (!row) return false
  const mine = and(eq(modelDeployments.id, row.id), eq(modelDeployments.leaseHolder, holder))
  const alive = setInterval(() => {
    const prolonged = db.orm.update(modelDeployments).set(takenBy(holder, clock.nowMs())).where(mine)
    prolonged.catch((error: unknown) =>
      log.warn({ err: error, deployment: row.id }, 'a lease could not be prolonged'),
    )
  }, leaseMs / 3)
  alive.unref()
  try {
    await carryOut(parts, row, signal)
  } finally {
    clearInterval(alive)
  }
  events.publish('model')
  return true
}

async function carryOut(parts: ModelParts, row: VersionDeployment, signal: AbortSignal): Promise<void> {
  const { db, clock, log } = parts
  const update = (fields: Partial<VersionDeployment>) =>
    db.orm
      .update(modelDeployments)
      .set(fields)
      .where(and(eq(modelDeployments.id, row.id), eq(modelDeployments.leaseHolder, parts.instanceId)))
  try {
    const { model } = await requireVersion(db.orm, row.versionId)
    const done = await realiseDeployment(parts, row, { model, signal })
    if (done === 'busy') return void (await update(givenBack(clock.nowMs(), busyPauseMs)))
    await settle(parts, row)
    log.info({ deployment: row.id, was: row.state }, 'a deployment of a model version is as it was wanted')
  } catch (error) {
    if (signal.aborted) return void (await update(givenBack(clock.nowMs(), 0)))
    const failures = row.failures + 1
    const status = statusOf(error) ?? 0
    const isFinal =
      failures >= mostFailures ||
      (status >= 400 && status < 500 && ![408, 409, 429].includes(status)) ||
      isOperationFailure(error)
    const reason = describeFailure(error)
    const state = isFinal ? ('failed' as const) : row.state
    await update({
      state,
      error: reason,
      failures,
      changedAt: new Date(clock.nowMs()),
      ...givenBack(clock.nowMs(), stepPauseMs(failures)),
    })
    log.warn(
      { deployment: row.id, reason, failures, final: isFinal },
      'a deployment of a model version failed',
    )
  }
}

/** Azure accepted it and then said no: its poller throws without a status. */
function isOperationFailure(error: unknown): boolean {
  return error instanceof Error && /operation (has )?failed|long-running operation/i.test(error.message)
}

/** From here on the catalog has it, on every instance, or no longer has it. */
async function settle(
  { db, clock, configuration, instanceId }: ModelParts,
  row: VersionDeployment,
): Promise<void> {
  const nowMs = clock.nowMs()
  const state = row.state === 'deleting' ? ('deleted' as const) : ('ready' as const)
  await db.orm.transaction(async (tx) => {
    await tx
      .update(modelDeployments)
      .set({ state, error: null, failures: 0, changedAt: new Date(nowMs), ...givenBack(nowMs, 0) })
      .where(and(eq(modelDeployments.id, row.id), eq(modelDeployments.leaseHolder, instanceId)))
    await bumpConfiguration(tx)
  })
  await configuration.check()
}
