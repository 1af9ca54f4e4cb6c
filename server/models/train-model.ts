import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import type { AzureOpenAI } from 'openai'
import { findPrice } from '#lib/costs/price-book'
import { redactText } from '#lib/privacy/redact-text'
import { fineTuningEvents, modelVersions } from '#schema/models'
import { newId } from '#server/access/new-id'
import { readSet, setFile } from '#server/models/collect-set'
import type { FineTuningJob } from '#server/models/fine-tuning-jobs'
import { type JobPatch, type StepContext, StepRefusal, type StepResult } from '#server/models/job-step'
import type { ModelParts } from '#server/models/model-parts'
import { statusOf } from '#server/models/version-deployments'
import { nextNumber } from '#server/models/versions'

type ProviderJob = Awaited<ReturnType<AzureOpenAI['fineTuning']['jobs']['retrieve']>>

const lookEveryMs = { real: 15_000, simulated: 1_000 }
const pageSize = 100
const trainFileName = ({ id }: Pick<FineTuningJob, 'id'>) => `${id}-train.jsonl`
const heldOutFileName = ({ id }: Pick<FineTuningJob, 'id'>) => `${id}-held-out.jsonl`

/** Uploads both files. One that is there already under the job's own name is taken. */
export async function uploadFiles(parts: ModelParts, { job, keep, note }: StepContext): Promise<StepResult> {
  const client = await parts.training.of(job.region)
  const train = setFile(await readSet(parts.db.orm, { jobId: job.id, side: 'train' }))
  const heldOut = setFile(await readSet(parts.db.orm, { jobId: job.id, side: 'held_out' }))
  const trainSha256 = createHash('sha256').update(train).digest('hex')
  const trainFileId =
    job.trainFileId ?? (await uploadOnce(client, { name: trainFileName(job), content: train }))
  await keep({ trainFileId, trainSha256 })
  const heldOutFileId =
    job.heldOutFileId ?? (await uploadOnce(client, { name: heldOutFileName(job), content: heldOut }))
  await note({
    id: 'step:uploaded',
    message: `Uploaded the files (${Buffer.byteLength(train)} and ${Buffer.byteLength(heldOut)} bytes).`,
  })
  return { next: 'starting', patch: { heldOutFileId } }
}

async function uploadOnce(
  client: AzureOpenAI,
  { name, content }: { name: string; content: string },
): Promise<string> {
  const bytes = Buffer.byteLength(content)
  for await (const file of client.files.list({ purpose: 'fine-tune', limit: pageSize }))
    if (file.filename === name && file.bytes === bytes && file.status !== 'error') return file.id
  const { toFile } = await import('openai')
  const made = await client.files.create({
    file: await toFile(Buffer.from(content), name),
    purpose: 'fine-tune',
  })
  return made.id
}

/** Starts the training. One that was started with the same file is taken. */
export async function startTraining(parts: ModelParts, { job, note }: StepContext): Promise<StepResult> {
  const client = await parts.training.of(job.region)
  const training_file = required(job.trainFileId, 'a training file')
  const started =
    (await findStarted(client, training_file)) ?? (await createTraining(client, job, training_file))
  await note({ id: 'step:started', message: `Training of ${job.baseModel} is ordered (${started.id}).` })
  return {
    next: 'training',
    patch: { providerJobId: started.id, providerStatus: started.status, stepProgress: 0 },
  }
}

async function findStarted(client: AzureOpenAI, trainingFile: string): Promise<ProviderJob | null> {
  for await (const one of client.fineTuning.jobs.list({ limit: pageSize }))
    if (one.training_file === trainingFile && one.status !== 'cancelled' && one.status !== 'failed')
      return one
  return null
}

function createTraining(
  client: AzureOpenAI,
  job: FineTuningJob,
  training_file: string,
): Promise<ProviderJob> {
  return client.fineTuning.jobs.create({
    model: job.baseModel,
    training_file,
    validation_file: job.heldOutFileId,
    suffix: job.name,
    ...(job.epochs === null ? {} : { hyperparameters: { n_epochs: job.epochs } }),
  })
}

/** Looks after a training: takes over its events; when it has ended well, registers the version and deletes the files. */
export async function followTraining(parts: ModelParts, context: StepContext): Promise<StepResult> {
  const { job, note } = context
  const client = await parts.training.of(job.region)
  const found = await client.fineTuning.jobs.retrieve(
    required(job.providerJobId, 'a training at the provider'),
  )
  const stepProgress = Math.max(job.stepProgress, await takeEvents(parts, client, job))
  const patch = { providerStatus: found.status, stepProgress }
  if (found.status === 'failed') {
    await deleteFiles(parts, job)
    const why = found.error?.message ? `: ${redactText(found.error.message)}` : ''
    throw new StepRefusal(`The provider says that training failed${why}`)
  }
  if (found.status === 'cancelled') {
    await deleteFiles(parts, job)
    return {
      next: 'cancelled',
      patch: {
        ...patch,
        error: 'It was cancelled at the provider.',
        finishedAt: new Date(parts.clock.nowMs()),
      },
    }
  }
  if (found.status !== 'succeeded')
    return { waitMs: job.simulated ? lookEveryMs.simulated : lookEveryMs.real, patch }
  const tunedModel = required(found.fine_tuned_model, 'the name of the tuned model')
  const versionId = await registerTuned(parts, job, tunedModel)
  await deleteFiles(parts, job)
  await note({
    id: 'step:trained',
    message: `Training ended: ${tunedModel}. The files at the provider are deleted.`,
  })
  return {
    next: 'deploying',
    patch: { ...patch, tunedModel, versionId, ...priceTraining(parts, job, found.trained_tokens) },
  }
}

/** Takes the provider's events over, each once; answers how far the training is, as its steps say. */
async function takeEvents(parts: ModelParts, client: AzureOpenAI, job: FineTuningJob): Promise<number> {
  const events: (typeof fineTuningEvents.$inferInsert)[] = []
  let lastStep = 0
  for await (const event of client.fineTuning.jobs.listEvents(job.providerJobId ?? '', { limit: pageSize })) {
    const data = numbersOf(event.data)
    lastStep = Math.max(lastStep, data?.step ?? 0)
    const message = redactText(event.message).slice(0, 1_000)
    events.push({
      jobId: job.id,
      id: event.id,
      at: new Date(event.created_at * 1000),
      level: event.level,
      message,
      data,
    })
  }
  if (events.length > 0) await parts.db.orm.insert(fineTuningEvents).values(events).onConflictDoNothing()
  const steps = (job.trainExamples ?? 0) * (job.epochs ?? usualEpochs)
  return steps === 0 ? 0 : Math.min(0.99, lastStep / steps)
}

/** Of providers where nobody chose; only the bar depends on it. */
const usualEpochs = 3

function numbersOf(data: unknown): Record<string, number> | null {
  if (typeof data !== 'object' || data === null) return null
  const numbers = Object.entries(data).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  )
  return numbers.length === 0 ? null : Object.fromEntries(numbers)
}

async function registerTuned(
  { db, clock, audit }: ModelParts,
  job: FineTuningJob,
  model: string,
): Promise<string> {
  return db.orm.transaction(async (tx) => {
    const same = and(eq(modelVersions.provider, 'azure-openai'), eq(modelVersions.model, model))
    const [known] = await tx.select({ id: modelVersions.id }).from(modelVersions).where(same)
    if (known) return known.id
    const id = newId('mdl')
    const at = new Date(clock.nowMs())
    const number = await nextNumber(tx, job.name)
    await tx.insert(modelVersions).values({
      ...{
        id,
        name: job.name,
        number,
        kind: 'fine_tuned',
        provider: 'azure-openai',
        model,
        stage: 'candidate',
      },
      ...{
        baseVersionId: job.baseVersionId,
        jobId: job.id,
        stageChangedAt: at,
        createdAt: at,
        createdBy: job.createdBy,
      },
    })
    await audit.record(tx, {
      action: 'model.register',
      actorId: null,
      resource: `model/${id}`,
      after: { name: job.name, number, kind: 'fine_tuned', model, job: job.id },
      reason: job.reason,
      correlationId: job.id,
    })
    return id
  })
}

/** What the provider charges by the trained token; unknown where the price book does not say. */
function priceTraining(
  { prices, clock }: ModelParts,
  job: FineTuningJob,
  trainedTokens: number | null,
): JobPatch {
  if (trainedTokens === null) return {}
  const book = prices.current()
  const wanted = { provider: 'azure-openai', model: job.baseModel, atMs: clock.nowMs() }
  const each = findPrice(book, wanted)?.trainingPicoUsd ?? null
  return each === null
    ? { trainedTokens }
    : { trainedTokens, costPicoUsd: each * BigInt(trainedTokens), priceVersion: book.version }
}

/**
 * Ends the training at the provider and deletes the files there; what has ended or gone already is as good. Orders that the
 * provider took and nobody heard of, since the process died, are looked for as the steps themselves would.
 */
export async function endAtProvider(parts: ModelParts, job: FineTuningJob): Promise<void> {
  const found = job.providerJobId === null && job.trainExamples !== null ? await findOrders(parts, job) : job
  if (found.providerJobId !== null) {
    const client = await parts.training.of(job.region)
    await client.fineTuning.jobs
      .cancel(found.providerJobId)
      .catch((error: unknown) => tolerate(error, [400, 404, 409]))
  }
  await deleteFiles(parts, found)
}

async function findOrders(parts: ModelParts, job: FineTuningJob): Promise<FineTuningJob> {
  const client = await parts.training.of(job.region)
  let { trainFileId, heldOutFileId } = job
  for await (const file of client.files.list({ purpose: 'fine-tune', limit: pageSize })) {
    if (file.filename === trainFileName(job)) trainFileId = file.id
    if (file.filename === heldOutFileName(job)) heldOutFileId = file.id
  }
  const started = trainFileId === null ? null : await findStarted(client, trainFileId)
  return { ...job, trainFileId, heldOutFileId, providerJobId: started?.id ?? null }
}

/** Nobody's words stay at the provider longer than the training needs them. */
export async function deleteFiles(parts: ModelParts, job: FineTuningJob): Promise<void> {
  const ids = [job.trainFileId, job.heldOutFileId].filter((id) => id !== null)
  if (ids.length === 0) return
  const client = await parts.training.of(job.region)
  for (const id of ids) await client.files.delete(id).catch((error: unknown) => tolerate(error, [404]))
}

function tolerate(error: unknown, statuses: readonly number[]): void {
  if (!statuses.includes(statusOf(error) ?? 0)) throw error
}

function required<T>(value: T | null, what: string): T {
  if (value === null) throw new StepRefusal(`The job lacks ${what}.`)
  return value
}
