import type { RolloutPlan } from '#lib/traffic/rollout-plan'

export const rolloutPhases = [
  'pending',
  'running',
  'held',
  'awaiting_approval',
  'paused',
  'rolled_back',
  'completed',
  'retired',
] as const
export type RolloutPhase = (typeof rolloutPhases)[number]

/** What operators and the evaluator can ask for. */
export const rolloutCommands = [
  'start',
  'await_approval',
  'advance',
  'approve',
  'hold',
  'release',
  'pause',
  'resume',
  'step_down',
  'roll_back',
  'complete',
  'retire',
] as const
export type RolloutCommand = (typeof rolloutCommands)[number]

/** A rollout at one moment. Every change makes a new one with the next version. */
export interface RolloutState {
  phase: RolloutPhase
  /** Index of the plan's step. */
  step: number
  /** Raised by every change: who changes an older one is told. */
  version: number
  /** The version at which the present stay at a step began; a step that is come back to is another visit. */
  visit: number
  /** When the step began, milliseconds since 1970; null before the start. */
  stepSinceMs: number | null
  changedAtMs: number
  reason: string
  /** Who changed it last; null = the evaluator. */
  actorId: string | null
}

export interface RolloutMove {
  nowMs: number
  reason: string
  actorId: string | null
  /** For `step_down`: the step to go down to. */
  toStep?: number
}

/** The state machine: phase → command → phase that follows. What is not here is refused. */
export const rolloutTransitions: Readonly<
  Record<RolloutPhase, Partial<Readonly<Record<RolloutCommand, RolloutPhase>>>>
> = {
  pending: { start: 'running', roll_back: 'rolled_back' },
  running: {
    await_approval: 'awaiting_approval',
    advance: 'running',
    hold: 'held',
    pause: 'paused',
    step_down: 'running',
    roll_back: 'rolled_back',
    complete: 'completed',
  },
  held: { release: 'running', pause: 'paused', step_down: 'running', roll_back: 'rolled_back' },
  awaiting_approval: {
    approve: 'running',
    hold: 'held',
    pause: 'paused',
    step_down: 'running',
    roll_back: 'rolled_back',
  },
  paused: { resume: 'running', step_down: 'paused', roll_back: 'rolled_back' },
  rolled_back: { retire: 'retired' },
  completed: { roll_back: 'rolled_back', retire: 'retired' },
  retired: {},
}

export type RolloutChange = { ok: true; state: RolloutState } | { ok: false; problem: string }

/** The state of a rollout that nobody has started. */
export function newRollout(move: RolloutMove): RolloutState {
  const { nowMs, reason, actorId } = move
  return {
    phase: 'pending',
    step: 0,
    version: 1,
    visit: 1,
    stepSinceMs: null,
    changedAtMs: nowMs,
    reason,
    actorId,
  }
}

/** Applies a command, or says why it cannot be. Never changes the given state. */
export function changeRollout(
  { state, plan }: { state: RolloutState; plan: RolloutPlan },
  command: RolloutCommand,
  move: RolloutMove,
): RolloutChange {
  const phase = rolloutTransitions[state.phase][command]
  if (!phase)
    return { ok: false, problem: `a rollout that is ${words(state.phase)} cannot ${words(command)}` }
  const step = stepAfter(state, plan, { command, toStep: move.toStep })
  if (typeof step === 'string') return { ok: false, problem: step }
  const begins = step !== state.step || command === 'start'
  const { nowMs, reason, actorId } = move
  return {
    ok: true,
    state: {
      phase,
      step,
      version: state.version + 1,
      visit: begins ? state.version + 1 : state.visit,
      stepSinceMs: begins ? nowMs : state.stepSinceMs,
      changedAtMs: nowMs,
      reason,
      actorId,
    },
  }
}

function stepAfter(
  state: RolloutState,
  plan: RolloutPlan,
  { command, toStep }: { command: RolloutCommand; toStep?: number | undefined },
): number | string {
  const last = plan.steps.length - 1
  if (command === 'advance' || command === 'approve')
    return state.step < last ? state.step + 1 : 'there is no step after the last one'
  if (command === 'complete' && state.step < last) return 'it completes after its last step only'
  if (command !== 'step_down') return state.step
  if (toStep === undefined || !Number.isInteger(toStep) || toStep < 0 || toStep >= state.step)
    return `it can step down from step ${state.step + 1} to an earlier one only`
  return toStep
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}

/** The candidate's share now, in basis points. */
export function candidateWeightBps({ phase, step }: RolloutState, plan: RolloutPlan): number {
  if (phase === 'pending' || phase === 'rolled_back' || phase === 'retired') return 0
  return plan.steps[step]?.weightBps ?? 0
}

/** Are requests mirrored to the candidate? At a shadow step, unless somebody paused it: then nothing is spent. */
export function isMirroring(state: RolloutState, plan: RolloutPlan): boolean {
  return isWatched(state) && state.phase !== 'paused' && candidateWeightBps(state, plan) === 0
}

/** Does the evaluator still watch it? */
export function isWatched({ phase }: RolloutState): boolean {
  return phase !== 'pending' && !isEnded(phase)
}

/** Nothing but a rollback or its retirement can still happen to it. */
export function isEnded(phase: RolloutPhase): boolean {
  return phase === 'rolled_back' || phase === 'completed' || phase === 'retired'
}

/** Does it say where requests go? From its start until it is retired; one that was never started says nothing. */
export function steersTraffic({ phase, stepSinceMs }: RolloutState): boolean {
  return stepSinceMs !== null && phase !== 'retired'
}
