import { and, eq } from 'drizzle-orm'
import { activeJobStates, isActive, mayMove, mostFailures, stepPauseMs } from '#lib/models/fine-tuning-state'
import { fineTuningEvents, fineTuningJobs, modelDeployments } from '#schema/models'
import { bumpConfiguration } from '#server/config/configuration-version'
import { collectSet } from '#server/models/collect-set'
import { evaluateVersion } from '#server/models/evaluate-version'
import type { FineTuningJob } from '#server/models/fine-tuning-jobs'
import { type StepContext, StepRefusal, type StepResult } from '#server/models/job-step'
import { givenBack, leaseMs, takeable, takenBy } from '#server/models/lease-row'
import type { ModelParts } from '#server/models/model-parts'
import {
  deleteFiles,
  endAtProvider,
  followTraining,
  startTraining,
  uploadFiles,
} from '#server/models/train-model'
import { beginRemoval, describeFailure, insertDeployment, statusOf } from '#server/models/version-deployments'
import { requireVersion } from '#server/models/versions'

type Step = (parts: ModelParts, context: StepContext) => Promise<StepResult>

const steps: Readonly<Record<(typeof activeJobStates)[number], Step>> = {
  collecting: collectSet,
  uploading: uploadFiles,
  starting: startTraining,
  training: followTraining,
  deploying: deployTuned,
  evaluating: evaluateVersion,
  retiring: finishRetiring,
}

/** Takes one job that is due and does its next step. False when none is due. */
export async function stepOneJob(parts: ModelParts, signal: AbortSignal): Promise<boolean> {
  const { db, clock, instanceId: holder, events } = parts
  const nowMs = clock.nowMs()
  const [job] = await db.orm
    .update(fineTuningJobs)
    .set(takenBy(holder, nowMs))
    .where(takeable(fineTuningJobs, { holder, states: activeJobStates, nowMs }))
    .returning()
  if (!job || !isActive(job.state)) return false
  const alive = setInterval(() => void prolong(parts, job.id), leaseMs / 3)
  alive.unref()
  try {
    await finish(parts, job, await attempt(parts, job, signal))
  } finally {
    clearInterval(alive)
  }
  events.publish('model')
  return true
}

async function prolong({ db, clock, instanceId: holder, log }: ModelParts, id: string): Promise<void> {
  await db.orm
    .update(fineTuningJobs)
    .set(takenBy(holder, clock.nowMs()))
    .where(and(eq(fineTuningJobs.id, id), eq(fineTuningJobs.leaseHolder, holder)))
    .catch((error: unknown) =>
      log.warn({ err: error, job: id }, 'the lease of a fine-tuning job could not be prolonged'),
    )
}

/** What a step came to: its result, an end, or a failure that is tried again. */
type Outcome = StepResult | { failed: string; final: boolean }

async function attempt(parts: ModelParts, job: FineTuningJob, signal: AbortSignal): Promise<Outcome> {
  try {
    if (job.cancelAsked !== null && job.state !== 'retiring') return await cancel(parts, job)
    if (!isActive(job.state)) return { failed: `no step for ${job.state}`, final: true }
    return await steps[job.state](parts, contextOf(parts, job, signal))
  } catch (error) {
    if (signal.aborted) return { waitMs: 0 }
    const isFinal = error instanceof StepRefusal || isRefusal(statusOf(error))
    return { failed: describeFailure(error), final: isFinal }
  }
}

/** What the other side refuses it will refuse again. */
function isRefusal(status: number | null): boolean {
  return (
    status !== null && status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 429
  )
}

async function cancel(parts: ModelParts, job: FineTuningJob): Promise<StepResult> {
  await endAtProvider(parts, job)
  const left =
    job.deploymentId === null ? '' : `; its deployment ${job.deploymentId} stands until the job is retired`
  const error = `Cancelled: ${job.cancelAsked}${left}`
  const patch = { error, finishedAt: new Date(parts.clock.nowMs()) }
  return { next: 'cancelled', patch }
}

function contextOf(parts: ModelParts, job: FineTuningJob, signal: AbortSignal): StepContext {
  const { db, clock, instanceId, events } = parts
  const mine = and(eq(fineTuningJobs.id, job.id), eq(fineTuningJobs.leaseHolder, instanceId))
  return {
    job,
    signal,
    async keep(patch) {
      await db.orm.update(fineTuningJobs).set(patch).where(mine)
      if (patch.stepProgress !== undefined) events.publish('model')
    },
    async note({ id, level = 'info', message }) {
      const at = new Date(clock.nowMs())
      await db.orm
        .insert(fineTuningEvents)
        .values({ jobId: job.id, id, at, level, message })
        .onConflictDoNothing()
    },
  }
}

/** Writes what became of the step, if the job is still this instance's. */
async function finish(parts: ModelParts, job: FineTuningJob, outcome: Outcome): Promise<void> {
  const { db, clock, instanceId, log } = parts
  const nowMs = clock.nowMs()
  const still = and(
    eq(fineTuningJobs.id, job.id),
    eq(fineTuningJobs.leaseHolder, instanceId),
    eq(fineTuningJobs.state, job.state),
  )
  const fields = { job: job.id, state: job.state }
  if ('failed' in outcome) {
    const failures = job.failures + 1
    const isOver = (outcome.final || failures >= mostFailures) && mayMove(job.state, 'failed')
    const ended = { state: 'failed' as const, error: outcome.failed, finishedAt: new Date(nowMs) }
    const change = isOver ? ended : { error: outcome.failed, failures }
    await db.orm
      .update(fineTuningJobs)
      .set({ ...change, ...givenBack(nowMs, stepPauseMs(failures)) })
      .where(still)
    log.warn(
      { ...fields, reason: outcome.failed, failures, final: isOver },
      'a step of a fine-tuning job failed',
    )
    if (isOver) await noteEnd(parts, job, outcome.failed)
    if (isOver) parts.tally.count('failed')
    return
  }
  const { patch = {} } = outcome
  if ('waitMs' in outcome) {
    await db.orm
      .update(fineTuningJobs)
      .set({ ...patch, failures: 0, ...givenBack(nowMs, outcome.waitMs) })
      .where(still)
    return
  }
  if (!mayMove(job.state, outcome.next))
    throw new Error(`a job cannot go from ${job.state} to ${outcome.next}`)
  const moved = { state: outcome.next, stepProgress: 0, failures: 0, ...patch, ...givenBack(nowMs, 0) }
  await db.orm.update(fineTuningJobs).set(moved).where(still)
  if (outcome.next === 'ready' || outcome.next === 'cancelled') parts.tally.count(outcome.next)
  log.info({ ...fields, next: outcome.next }, 'a fine-tuning job went on')
}

async function noteEnd({ db, clock }: ModelParts, job: FineTuningJob, message: string): Promise<void> {
  const at = new Date(clock.nowMs())
  await db.orm
    .insert(fineTuningEvents)
    .values({ jobId: job.id, id: 'step:failed', at, level: 'error', message })
    .onConflictDoNothing()
}

const deploymentLookMs = 500

/** Orders the deployment of the result and waits for it; it is made by whoever works on deployments. */
async function deployTuned(parts: ModelParts, { job, note }: StepContext): Promise<StepResult> {
  if (job.versionId === null) throw new StepRefusal('The job lacks a version to deploy.')
  const version = await requireVersion(parts.db.orm, job.versionId)
  const { region, sku, units } = job
  const order = { version, region, sku, units, actorId: null }
  const { id } =
    job.deploymentId === null
      ? await parts.db.orm.transaction((tx) => insertDeployment(tx, parts, order))
      : { id: job.deploymentId }
  const [made] = await parts.db.orm.select().from(modelDeployments).where(eq(modelDeployments.id, id))
  if (made?.state === 'failed')
    throw new StepRefusal(`Deploying it failed: ${made.error ?? 'for an unknown reason'}`)
  if (made?.state !== 'ready') return { waitMs: deploymentLookMs, patch: { deploymentId: id } }
  await parts.configuration.check()
  await note({ id: 'step:deployed', message: `Deployed as ${id}.` })
  return { next: 'evaluating', patch: { deploymentId: id } }
}

/** Nothing of the job is left at the provider once its files and its deployment are gone. */
async function finishRetiring(parts: ModelParts, { job, note }: StepContext): Promise<StepResult> {
  await deleteFiles(parts, job)
  const { deploymentId } = job
  if (deploymentId !== null && !(await isGone(parts, deploymentId))) return { waitMs: deploymentLookMs }
  await note({ id: 'step:retired', message: 'Its deployment and its files are gone.' })
  return { next: 'retired' }
}

/**
 * Begins the removal of what was still being made when the job was retired, or could not be taken away before.
 * @throws Error with Azure's words when it could not; the step is tried again.
 */
async function isGone(parts: ModelParts, deploymentId: string): Promise<boolean> {
  const left = await parts.db.orm.transaction(async (tx) => {
    const [found] = await tx
      .select()
      .from(modelDeployments)
      .where(eq(modelDeployments.id, deploymentId))
      .for('update')
    if (found?.state !== 'ready' && found?.state !== 'failed') return found
    await beginRemoval(tx, parts, found)
    await bumpConfiguration(tx)
    return found
  })
  if (left?.state === 'failed')
    throw new Error(`${deploymentId} is tried again to be taken away: ${left.error ?? 'it failed'}`)
  return !left || left.state === 'deleted'
}
