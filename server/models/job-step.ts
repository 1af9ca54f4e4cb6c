import type { JobState } from '#lib/models/fine-tuning-state'
import type { fineTuningJobs } from '#schema/models'
import type { FineTuningJob } from '#server/models/fine-tuning-jobs'

/** Columns of a job that a step may set. */
export type JobPatch = Partial<
  Omit<
    typeof fineTuningJobs.$inferInsert,
    'id' | 'state' | 'leaseHolder' | 'leaseUntil' | 'nextStepAt' | 'failures' | 'cancelAsked'
  >
>

/** How a step ended: on to the next, or once more after a while. */
export type StepResult = { next: JobState; patch?: JobPatch } | { waitMs: number; patch?: JobPatch }

export interface StepContext {
  job: FineTuningJob
  /** Writes columns while the step goes on, so that a crash finds them. */
  keep(patch: JobPatch): Promise<void>
  /** Tells those who watch; the same id again changes nothing. */
  note(event: JobNote): Promise<void>
  /** Fires when the process stops. */
  signal: AbortSignal
}

export interface JobNote {
  id: string
  level?: 'info' | 'warn' | 'error'
  message: string
}

/** Thrown by a step that would fail again however often it is tried. */
export class StepRefusal extends Error {}
