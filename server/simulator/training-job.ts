import type { LearnedExample } from '#lib/simulator/training-file'

/** A fine-tuning job as it was accepted; how it stands follows from the time. */
export interface TrainingJob {
  id: string
  /** The region of the address under which it was made. */
  resource: string
  model: string
  suffix: string | null
  metadata: Readonly<Record<string, string>> | null
  seed: number
  epochs: number
  trainingFile: string
  validationFile: string | null
  trainedTokens: number
  examples: readonly LearnedExample[]
  /** Why it will fail: at once when a file is wrong, half-way otherwise. */
  error: { code: string; message: string; param: string | null } | null
  /** Name of its result. */
  tunedModel: string
  createdAtMs: number
  durationMs: number
  cancelledAtMs: number | null
}

type TrainingStatus = 'validating_files' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** How a job stands at a moment. */
export interface TrainingStanding {
  status: TrainingStatus
  /** Of the training itself, 0–1. */
  progress: number
  finishedAtMs: number | null
  /** Epochs that are done. */
  epochsDone: number
}

export interface TrainingEvent {
  id: string
  atMs: number
  level: 'info' | 'warn' | 'error'
  message: string
  data: Readonly<Record<string, number>> | null
}

/** Shares of the duration at which files are valid and training begins. */
const validAt = 0.08
const runsAt = 0.2
const failsAt = 0.6
const metricsEvents = 12

const atShare = ({ createdAtMs, durationMs }: TrainingJob, share: number) => createdAtMs + share * durationMs

function endOf(job: TrainingJob): { status: TrainingStatus; atMs: number } {
  const fileIsWrong = job.error !== null && job.error.param !== null
  if (fileIsWrong) return { status: 'failed', atMs: atShare(job, validAt) }
  if (job.error !== null) return { status: 'failed', atMs: atShare(job, failsAt) }
  return { status: 'succeeded', atMs: atShare(job, 1) }
}

export function trainingStanding(job: TrainingJob, nowMs: number): TrainingStanding {
  const end = endOf(job)
  const cancelled = job.cancelledAtMs !== null && job.cancelledAtMs < end.atMs
  const untilMs = cancelled ? (job.cancelledAtMs ?? nowMs) : Math.min(nowMs, end.atMs)
  const share = (untilMs - job.createdAtMs) / Math.max(1, job.durationMs)
  const succeeded = !cancelled && nowMs >= end.atMs && end.status === 'succeeded'
  const progress = succeeded ? 1 : Math.min(1, Math.max(0, (share - runsAt) / (1 - runsAt)))
  const epochsDone = Math.floor(progress * job.epochs + 1e-9)
  if (cancelled) return { status: 'cancelled', progress, epochsDone, finishedAtMs: job.cancelledAtMs }
  if (nowMs >= end.atMs) return { status: end.status, progress, epochsDone, finishedAtMs: end.atMs }
  const status = share < validAt ? 'validating_files' : share < runsAt ? 'queued' : 'running'
  return { status, progress, epochsDone, finishedAtMs: null }
}

/** Losses at a share of the training: they fall as such curves do, the same for every look. */
export function trainingMetrics(job: TrainingJob, progress: number): Record<string, number> {
  const wave = Math.sin(progress * 40 + (job.seed % 7)) * 0.03
  const trainLoss = 0.55 + 1.6 * Math.exp(-4 * progress) + wave
  const round = (value: number) => Math.round(value * 10_000) / 10_000
  return {
    step: Math.round(progress * job.epochs * job.examples.length),
    train_loss: round(trainLoss),
    train_mean_token_accuracy: round(Math.min(0.97, 0.95 - trainLoss * 0.2)),
    ...(job.validationFile === null ? {} : { full_valid_loss: round(trainLoss + 0.09) }),
  }
}

/** What has happened to the job until now, oldest first. */
export function trainingEvents(job: TrainingJob, nowMs: number): TrainingEvent[] {
  const standing = trainingStanding(job, nowMs)
  const untilMs = standing.finishedAtMs ?? nowMs
  const events: TrainingEvent[] = []
  const add = (
    atMs: number,
    level: TrainingEvent['level'],
    message: string,
    data: TrainingEvent['data'] = null,
  ) => {
    if (atMs > untilMs) return
    const id = `ftevent-${job.id.slice(6, 22)}${String(events.length).padStart(3, '0')}`
    events.push({ id, atMs, level, message: `[simulated] ${message}`, data })
  }
  add(job.createdAtMs, 'info', `Validating training file: ${job.trainingFile}`)
  if (job.error === null || job.error.param === null) {
    add(atShare(job, validAt), 'info', 'Files validated, moving job to queued state')
    add(atShare(job, runsAt), 'info', 'Job started.')
    for (let index = 1; index <= metricsEvents; index += 1) {
      const progress = index / metricsEvents
      const metrics = trainingMetrics(job, progress)
      const at = atShare(job, runsAt + progress * (1 - runsAt))
      add(at, 'info', `Step ${metrics.step}: training loss=${metrics.train_loss}`, metrics)
    }
  }
  if (standing.status === 'failed') add(untilMs, 'error', `Job failed: ${job.error?.message ?? 'unknown'}`)
  if (standing.status === 'cancelled') add(untilMs, 'warn', 'Job cancelled.')
  if (standing.status === 'succeeded') add(untilMs, 'info', `Training completed: ${job.tunedModel}`)
  return events
}
