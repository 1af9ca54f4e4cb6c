import { z } from 'zod'
import { inferModelProfile } from '#lib/simulator/infer-model-profile'
import { readTrainingFile } from '#lib/simulator/training-file'
import { readJsonObject } from '#server/simulator/exchange'
import { loadTokenizer } from '#server/simulator/load-tokenizer'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { pageOf, type TrainingHandler } from '#server/simulator/training-files'
import {
  type TrainingJob,
  trainingEvents,
  trainingMetrics,
  trainingStanding,
} from '#server/simulator/training-job'
import { badRequest, WireError } from '#server/simulator/wire-error'

const jobRequest = z.looseObject({
  model: z.string().min(1),
  training_file: z.string().min(1),
  validation_file: z.string().min(1).nullish(),
  suffix: z.string().min(1).max(64).nullish(),
  seed: z.int().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  hyperparameters: z
    .looseObject({ n_epochs: z.union([z.literal('auto'), z.int().min(1).max(50)]).optional() })
    .nullish(),
})

/** Families that Azure lets be tuned; embeddings, GPT-4 Turbo and reasoning models are not among them. */
const tunable = /^(gpt-?35-turbo|gpt-3\.5-turbo|gpt-4o|gpt-4\.1)/
const usualEpochs = 3
const keptCheckpoints = 3

/** `POST …/fine_tuning/jobs`: accepts the job; whether its files are right, its events say. */
export const createJob: TrainingHandler = async (context, exchange, resource) => {
  const parsed = jobRequest.safeParse(await readJsonObject(exchange))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw badRequest(
      `[simulated] ${issue?.message ?? 'invalid'}`,
      issue?.path.join('.') ?? null,
      'invalidPayload',
    )
  }
  const { model, training_file, validation_file, suffix, seed, metadata, hyperparameters } = parsed.data
  if (!tunable.test(model))
    throw badRequest(
      `[simulated] The specified base model ${model} does not support fine-tuning.`,
      'model',
      'invalidPayload',
    )
  const files = readFiles(context, resource, { training_file, validation_file: validation_file ?? null })
  const { n_epochs } = hyperparameters ?? {}
  const epochs = typeof n_epochs === 'number' ? n_epochs : usualEpochs
  const tokenizer = await loadTokenizer(inferModelProfile(model).encoding)
  const job = context.training.addJob({
    resource,
    model,
    suffix: suffix ?? null,
    metadata: metadata ?? null,
    seed: seed ?? 1,
    epochs,
    trainingFile: training_file,
    validationFile: validation_file ?? null,
    trainedTokens: tokenizer.encode(files.text).length * epochs,
    examples: files.examples,
    error: files.error,
  })
  return { status: 201, body: jobBody(job, context.now()) }
}

function readFiles(
  context: SimulatorContext,
  resource: string,
  wanted: { training_file: string; validation_file: string | null },
) {
  const read = (param: 'training_file' | 'validation_file', fewest: number) => {
    const id = wanted[param]
    if (id === null) return { text: '', examples: [], error: null }
    const file = context.training.findFile(resource, id)
    if (!file) throw badRequest(`[simulated] File ${id} does not exist.`, param, 'invalidPayload')
    const result = readTrainingFile(file.content, { fewest })
    if (result.ok) return { text: result.text, examples: result.examples, error: null }
    const error = { code: 'invalid_training_file', message: `[simulated] ${result.message}`, param }
    return { text: '', examples: [], error }
  }
  const training = read('training_file', 10)
  const validation = read('validation_file', 1)
  return { ...training, error: training.error ?? validation.error }
}

/** `GET …/fine_tuning/jobs?limit&after` */
export const listJobs: TrainingHandler = (context, exchange, resource) => ({
  body: pageOf(
    exchange,
    context.training.listJobs(resource).map((job) => jobBody(job, context.now())),
  ),
})

/** `GET …/fine_tuning/jobs/{job}` */
export const getJob: TrainingHandler = (context, exchange, resource) => ({
  body: jobBody(requireJob(context, exchange.params.job, resource), context.now()),
})

/** `POST …/fine_tuning/jobs/{job}/cancel`: 400 once it has ended. */
export const cancelJob: TrainingHandler = (context, exchange, resource) => {
  const job = requireJob(context, exchange.params.job, resource)
  const { status, finishedAtMs } = trainingStanding(job, context.now())
  if (finishedAtMs !== null)
    throw badRequest(
      `[simulated] The job is ${status} already and cannot be cancelled.`,
      null,
      'invalidPayload',
    )
  job.cancelledAtMs = context.now()
  return { body: jobBody(job, context.now()) }
}

/** `GET …/fine_tuning/jobs/{job}/events`: newest first. */
export const listEvents: TrainingHandler = (context, exchange, resource) => {
  const job = requireJob(context, exchange.params.job, resource)
  const events = trainingEvents(job, context.now()).map(({ id, atMs, level, message, data }) => ({
    id,
    object: 'fine_tuning.job.event',
    created_at: Math.floor(atMs / 1000),
    level,
    message,
    type: data === null ? 'message' : 'metrics',
    data,
  }))
  return { body: pageOf(exchange, events.reverse()) }
}

/** `GET …/fine_tuning/jobs/{job}/checkpoints`: of the last epochs that are done, newest first. */
export const listCheckpoints: TrainingHandler = (context, exchange, resource) => {
  const job = requireJob(context, exchange.params.job, resource)
  const { epochsDone } = trainingStanding(job, context.now())
  const done = Array.from({ length: epochsDone }, (_, index) => index + 1).slice(-keptCheckpoints)
  const checkpoints = done.map((epoch) => ({
    id: `ftchkpt-${job.id.slice(6, 30)}${epoch}`,
    object: 'fine_tuning.job.checkpoint',
    created_at: Math.floor((job.createdAtMs + (epoch / job.epochs) * job.durationMs) / 1000),
    fine_tuned_model_checkpoint:
      epoch === job.epochs ? job.tunedModel : `${job.tunedModel}:ckpt-step-${epoch}`,
    fine_tuning_job_id: job.id,
    step_number: epoch * job.examples.length,
    metrics: trainingMetrics(job, epoch / job.epochs),
  }))
  return { body: pageOf(exchange, checkpoints.reverse()) }
}

function requireJob(context: SimulatorContext, id: string | undefined, resource: string): TrainingJob {
  const found = context.training.findJob(resource, id ?? '')
  if (found) return found
  throw new WireError({
    status: 404,
    code: 'resourceNotFound',
    message: `[simulated] Fine-tuning job ${id} not found.`,
  })
}

function jobBody(job: TrainingJob, nowMs: number) {
  const { status, finishedAtMs } = trainingStanding(job, nowMs)
  const succeeded = status === 'succeeded'
  return {
    id: job.id,
    object: 'fine_tuning.job',
    model: job.model,
    created_at: Math.floor(job.createdAtMs / 1000),
    finished_at: finishedAtMs === null ? null : Math.floor(finishedAtMs / 1000),
    fine_tuned_model: succeeded ? job.tunedModel : null,
    organization_id: 'simulated',
    result_files: [],
    status,
    error: status === 'failed' ? job.error : null,
    training_file: job.trainingFile,
    validation_file: job.validationFile,
    hyperparameters: { n_epochs: job.epochs, batch_size: 1, learning_rate_multiplier: 1 },
    trained_tokens: succeeded ? job.trainedTokens : null,
    seed: job.seed,
    suffix: job.suffix,
    metadata: job.metadata,
    method: { type: 'supervised' },
  }
}
