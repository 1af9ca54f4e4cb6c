/** The steps of a fine-tuning job; each can be done again without harm. */
export const activeJobStates = [
  'collecting',
  'uploading',
  'starting',
  'training',
  'deploying',
  'evaluating',
  'retiring',
] as const
export const endedJobStates = ['ready', 'failed', 'cancelled', 'retired'] as const
export const jobStates = [...activeJobStates, ...endedJobStates] as const
export type JobState = (typeof jobStates)[number]
export type ActiveJobState = (typeof activeJobStates)[number]

/** The state machine as data. */
export const jobMoves: Readonly<Record<JobState, readonly JobState[]>> = {
  collecting: ['uploading', 'failed', 'cancelled'],
  uploading: ['starting', 'failed', 'cancelled'],
  starting: ['training', 'failed', 'cancelled'],
  training: ['deploying', 'failed', 'cancelled'],
  deploying: ['evaluating', 'failed', 'cancelled'],
  evaluating: ['ready', 'failed', 'cancelled'],
  ready: ['retiring'],
  failed: ['retiring'],
  cancelled: ['retiring'],
  retiring: ['retired'],
  retired: [],
}

export function mayMove(from: JobState, to: JobState): boolean {
  return jobMoves[from].includes(to)
}

export function isActive(state: JobState): state is ActiveJobState {
  return activeJobStates.some((one) => one === state)
}

/** Share of the whole way at which each step begins; training, which takes longest, fills most of it. */
const startsAt: Readonly<Record<ActiveJobState, number>> = {
  collecting: 0,
  uploading: 0.03,
  starting: 0.06,
  training: 0.08,
  deploying: 0.75,
  evaluating: 0.85,
  retiring: 0,
}
const endsAt: Readonly<Partial<Record<ActiveJobState, number>>> = { training: 0.75, evaluating: 1 }

/** How much of the whole way is behind a job, 0–1; `within` is the step's own progress. */
export function jobProgress(state: JobState, within: number): number {
  if (!isActive(state)) return 1
  const from = startsAt[state]
  const to = endsAt[state] ?? from
  return from + (to - from) * Math.min(1, Math.max(0, within))
}

/** Waits longer after each failure in a row: 2 s, 4 s … at most 2 minutes. */
export function stepPauseMs(failures: number): number {
  return Math.min(120_000, 1_000 * 2 ** Math.min(failures, 10))
}

/** After so many failures in a row of one step the job has failed. */
export const mostFailures = 8
