export const experimentPhases = ['draft', 'running', 'stopped', 'concluded'] as const
export type ExperimentPhase = (typeof experimentPhases)[number]

export type ExperimentCommand = 'start' | 'stop' | 'conclude' | 'discard'

/** The state machine: phase → command → phase that follows, null = it is gone. What is not here is refused. */
export const experimentTransitions: Readonly<
  Record<ExperimentPhase, Partial<Readonly<Record<ExperimentCommand, ExperimentPhase | null>>>>
> = {
  draft: { start: 'running', discard: null },
  running: { stop: 'stopped', conclude: 'concluded' },
  stopped: { conclude: 'concluded' },
  concluded: {},
}
