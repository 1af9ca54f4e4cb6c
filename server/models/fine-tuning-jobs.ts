import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import { type CreateJobBody, evaluationSummary, type JobDetail, type JobView } from '#lib/contracts/training'
import { isActive, jobProgress } from '#lib/models/fine-tuning-state'
import { tuningProblem } from '#lib/models/tunable-models'
import { fineTuningEvents, fineTuningJobs, modelDeployments } from '#schema/models'
import { newId } from '#server/access/new-id'
import type { Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import type { ModelDeed, ModelParts } from '#server/models/model-parts'
import { beginRemoval } from '#server/models/version-deployments'
import { requireVersion, setStage } from '#server/models/versions'
import { wrongField } from '#server/models/wrong-field'

export type FineTuningJob = typeof fineTuningJobs.$inferSelect

const shownJobs = 100
const shownEvents = 200

/**
 * Begins a fine-tuning job; it goes on by itself, on whichever instance.
 * @throws AppError `invalid_request` naming the field, `conflict` when nothing can be deployed in the region.
 */
export async function createJob(
  parts: ModelParts,
  body: CreateJobBody,
  deed: ModelDeed,
): Promise<{ id: string }> {
  const base = await requireVersion(parts.db.orm, body.baseVersionId)
  const nowMs = parts.clock.nowMs()
  const today = new Date(nowMs).toISOString().slice(0, 10)
  if (base.provider !== 'azure-openai' || base.kind === 'prompt')
    throw wrongField('baseVersionId', 'must be a model of Azure OpenAI')
  const problem = tuningProblem(
    base.kind === 'base' ? base.model : (base.model.split('.ft-')[0] ?? ''),
    today,
  )
  if (problem !== null) throw wrongField('baseVersionId', problem)
  if (
    !parts.catalog.current().data.regions.some(({ name, role }) => name === body.region && role !== 'legacy')
  )
    throw wrongField('region', 'the catalog has no such region of Azure')
  await parts.managers.of(body.region)
  const id = newId('ftj')
  const at = new Date(nowMs)
  const { reason: _reason, ...wanted } = body
  await parts.db.orm.transaction(async (tx) => {
    await tx.insert(fineTuningJobs).values({
      ...wanted,
      ...{ id, baseModel: base.model, state: 'collecting', createdAt: at, createdBy: deed.actorId },
      ...{ reason: deed.reason, simulated: parts.simulated, nextStepAt: at },
    })
    await parts.audit.record(tx, {
      action: 'fine_tuning.create',
      actorId: deed.actorId,
      resource: `fine_tuning/${id}`,
      subject: body.creatorId === null ? null : { kind: 'creator', id: body.creatorId },
      after: {
        name: body.name,
        baseModel: base.model,
        region: body.region,
        heldOutBps: body.heldOutBps,
        units: body.units,
      },
      reason: deed.reason,
      correlationId: deed.requestId,
    })
  })
  parts.events.publish('model')
  parts.wake()
  return { id }
}

/** Asks a job to end. @throws AppError `not_found`, `conflict` when it has ended. */
export async function cancelJob(parts: ModelParts, id: string, deed: ModelDeed): Promise<void> {
  const at = new Date(parts.clock.nowMs())
  await parts.db.orm.transaction(async (tx) => {
    const job = await lockJob(tx, id)
    if (!isActive(job.state) || job.state === 'retiring')
      throw new AppError('conflict', { message: `${job.name} is ${job.state}: there is nothing to cancel.` })
    await tx
      .update(fineTuningJobs)
      .set({ cancelAsked: deed.reason, nextStepAt: at })
      .where(eq(fineTuningJobs.id, id))
    await record(tx, parts, { action: 'fine_tuning.cancel', job, deed, after: { cancelAsked: true } })
  })
  parts.events.publish('model')
  parts.wake()
}

/**
 * Takes a job's result out of use: its deployment goes, its version is archived, its files at the provider are deleted.
 * @throws AppError `not_found`, `conflict` while it runs or its version serves a tier.
 */
export async function retireJob(parts: ModelParts, id: string, deed: ModelDeed): Promise<void> {
  const nowMs = parts.clock.nowMs()
  await parts.db.orm.transaction(async (tx) => {
    const job = await lockJob(tx, id)
    if (!['ready', 'failed', 'cancelled'].includes(job.state))
      throw new AppError('conflict', {
        message: `${job.name} is ${job.state}; it can be retired once it has ended.`,
      })
    const made =
      job.deploymentId === null
        ? []
        : await tx.select().from(modelDeployments).where(eq(modelDeployments.id, job.deploymentId))
    for (const deployment of made)
      if (deployment.state === 'ready' || deployment.state === 'failed')
        await beginRemoval(tx, parts, deployment)
    if (job.versionId !== null) await setStage(tx, { id: job.versionId, stage: 'archived', nowMs })
    await tx
      .update(fineTuningJobs)
      .set({ state: 'retiring', nextStepAt: new Date(nowMs), failures: 0, error: job.error })
      .where(eq(fineTuningJobs.id, id))
    await record(tx, parts, { action: 'fine_tuning.retire', job, deed, after: { state: 'retiring' } })
  })
  await parts.configuration.check()
  parts.events.publish('model')
  parts.wake()
}

async function lockJob(tx: Transaction, id: string): Promise<FineTuningJob> {
  const [job] = await tx.select().from(fineTuningJobs).where(eq(fineTuningJobs.id, id)).for('update')
  if (!job) throw new AppError('not_found', { message: `There is no fine-tuning job "${id.slice(0, 100)}".` })
  return job
}

interface JobEntry {
  action: 'fine_tuning.cancel' | 'fine_tuning.retire'
  job: FineTuningJob
  deed: ModelDeed
  after: object
}

function record(
  tx: Transaction,
  { audit }: Pick<ModelParts, 'audit'>,
  { action, job, deed, after }: JobEntry,
) {
  return audit.record(tx, {
    action,
    actorId: deed.actorId,
    resource: `fine_tuning/${job.id}`,
    before: { state: job.state },
    after,
    reason: deed.reason,
    correlationId: deed.requestId,
  })
}

/** Newest first. */
export async function listJobs(orm: Transaction): Promise<JobView[]> {
  const rows = await orm
    .select()
    .from(fineTuningJobs)
    .orderBy(desc(fineTuningJobs.createdAt))
    .limit(shownJobs)
  return rows.map(toJobView)
}

/** @throws AppError `not_found` */
export async function readJob(orm: Transaction, id: string): Promise<JobDetail> {
  const [job] = await orm.select().from(fineTuningJobs).where(eq(fineTuningJobs.id, id))
  if (!job) throw new AppError('not_found', { message: `There is no fine-tuning job "${id.slice(0, 100)}".` })
  const events = await orm
    .select()
    .from(fineTuningEvents)
    .where(eq(fineTuningEvents.jobId, id))
    .orderBy(desc(fineTuningEvents.at), desc(fineTuningEvents.id))
    .limit(shownEvents)
  return {
    ...toJobView(job),
    events: events.map(({ jobId: _job, at, ...event }) => ({ ...event, at: at.toISOString() })),
  }
}

function toJobView(job: FineTuningJob): JobView {
  const evaluation = evaluationSummary.safeParse(job.evaluation)
  return {
    id: job.id,
    name: job.name,
    accountId: job.accountId,
    creatorId: job.creatorId,
    baseVersionId: job.baseVersionId,
    baseModel: job.baseModel,
    region: job.region,
    state: job.state,
    progress: jobProgress(job.state, job.stepProgress),
    providerStatus: job.providerStatus,
    trainExamples: job.trainExamples,
    heldOutExamples: job.heldOutExamples,
    trainedTokens: job.trainedTokens,
    costPicoUsd: job.costPicoUsd?.toString() ?? null,
    tunedModel: job.tunedModel,
    versionId: job.versionId,
    deploymentId: job.deploymentId,
    evaluation: evaluation.success ? evaluation.data : null,
    error: job.error,
    createdAt: job.createdAt.toISOString(),
    createdBy: job.createdBy,
    finishedAt: job.finishedAt?.toISOString() ?? null,
    simulated: job.simulated,
  }
}

/** Mean quality of the last evaluation of each version that a job made or was compared with, by version id. */
export async function readQualities(orm: Transaction): Promise<ReadonlyMap<string, number>> {
  const rows = await orm
    .select({
      versionId: fineTuningJobs.versionId,
      baseVersionId: fineTuningJobs.baseVersionId,
      evaluation: fineTuningJobs.evaluation,
    })
    .from(fineTuningJobs)
    .where(and(inArray(fineTuningJobs.state, ['ready', 'retiring', 'retired'])))
    .orderBy(asc(fineTuningJobs.finishedAt))
  const found = new Map<string, number>()
  for (const { versionId, baseVersionId, evaluation } of rows) {
    const read = evaluationSummary.safeParse(evaluation)
    if (!read.success) continue
    if (versionId !== null && read.data.tuned.quality !== null) found.set(versionId, read.data.tuned.quality)
    if (read.data.base.quality !== null) found.set(baseVersionId, read.data.base.quality)
  }
  return found
}
