import { randomUUID } from 'node:crypto'
import type { TrainingSettings } from '#lib/contracts/simulator'
import { type LearnedExample, recallAnswer } from '#lib/simulator/training-file'
import { type TrainingJob, trainingStanding } from '#server/simulator/training-job'

/** A file at one resource. Times are epoch seconds, as on the wire. */
export interface TrainingFile {
  id: string
  filename: string
  purpose: string
  bytes: number
  createdAt: number
  content: string
}

/** The simulated service's memory of files, jobs and what tuned models learned. A resource is a region. */
export interface TrainingBook {
  configure(settings: TrainingSettings): void
  report(): Required<TrainingSettings> & { files: number; jobs: number }
  /** True when this request is to fail, as scripted. */
  takeFailure(): boolean
  addFile(resource: string, file: Pick<TrainingFile, 'filename' | 'purpose' | 'content'>): TrainingFile
  findFile(resource: string, id: string): TrainingFile | null
  /** Newest first. */
  listFiles(resource: string): readonly TrainingFile[]
  deleteFile(resource: string, id: string): boolean
  addJob(
    job: Omit<TrainingJob, 'id' | 'tunedModel' | 'createdAtMs' | 'durationMs' | 'cancelledAtMs'>,
  ): TrainingJob
  findJob(resource: string, id: string): TrainingJob | null
  /** Newest first. */
  listJobs(resource: string): readonly TrainingJob[]
  /** Does the model come from a job that has succeeded? */
  isTuned(model: string): boolean
  /** What a tuned model says to a text; null for other models, and where it learned nothing like it. */
  recall(model: string, text: string): string | null
}

/** Examples a tuned model remembers. */
const mostLearned = 2_000

/** `now` is epoch milliseconds. */
export function createTrainingBook(now: () => number): TrainingBook {
  const settings: Required<TrainingSettings> = { jobMs: 12_000, failNextJobs: 0, failNextRequests: 0 }
  const files = new Map<string, Map<string, TrainingFile>>()
  const jobs = new Map<string, TrainingJob>()
  const filesOf = (resource: string) => {
    const known = files.get(resource) ?? new Map<string, TrainingFile>()
    files.set(resource, known)
    return known
  }
  const take = (counter: 'failNextJobs' | 'failNextRequests') => {
    if (settings[counter] === 0) return false
    settings[counter] -= 1
    return true
  }
  const learnedBy = (model: string): readonly LearnedExample[] | null => {
    const job = [...jobs.values()].find(({ tunedModel }) => tunedModel === model)
    return job && trainingStanding(job, now()).status === 'succeeded' ? job.examples : null
  }
  return {
    configure: (wanted) => {
      const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
      Object.assign(settings, Object.fromEntries(given))
    },
    report: () => ({
      ...settings,
      files: [...files.values()].reduce((sum, some) => sum + some.size, 0),
      jobs: jobs.size,
    }),
    takeFailure: () => take('failNextRequests'),
    addFile: (resource, { filename, purpose, content }) => {
      const file = {
        id: `file-${randomUUID().replaceAll('-', '')}`,
        filename,
        purpose,
        content,
        bytes: Buffer.byteLength(content),
        createdAt: Math.floor(now() / 1000),
      }
      filesOf(resource).set(file.id, file)
      return file
    },
    findFile: (resource, id) => filesOf(resource).get(id) ?? null,
    listFiles: (resource) => [...filesOf(resource).values()].reverse(),
    deleteFile: (resource, id) => filesOf(resource).delete(id),
    addJob: (given) => {
      const hex = randomUUID().replaceAll('-', '')
      const error =
        given.error ??
        (take('failNextJobs')
          ? { code: 'jobFailed', message: '[simulated] Training diverged, as scripted.', param: null }
          : null)
      const job: TrainingJob = {
        ...given,
        error,
        examples: given.examples.slice(0, mostLearned),
        id: `ftjob-${hex}`,
        tunedModel: `${given.model}.ft-${hex}${given.suffix ? `-${given.suffix}` : ''}`,
        createdAtMs: now(),
        durationMs: settings.jobMs,
        cancelledAtMs: null,
      }
      jobs.set(job.id, job)
      return job
    },
    findJob: (resource, id) => {
      const job = jobs.get(id)
      return job?.resource === resource ? job : null
    },
    listJobs: (resource) => [...jobs.values()].filter((job) => job.resource === resource).reverse(),
    isTuned: (model) => learnedBy(model) !== null,
    recall: (model, text) => {
      const learned = learnedBy(model)
      return learned === null ? null : recallAnswer(learned, text)
    },
  }
}
