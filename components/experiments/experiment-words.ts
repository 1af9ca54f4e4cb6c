import type { Tone } from '#components/ui/tone'
import type { ExperimentReadingView, ExperimentSummary, TreatmentView } from '#lib/contracts/experiments'
import { changesOf } from '#lib/experiments/plan-problems'

export const phaseTones: Readonly<Record<ExperimentSummary['phase'], Tone>> = {
  draft: 'neutral',
  running: 'info',
  stopped: 'warn',
  concluded: 'good',
}

const verdicts: Readonly<Record<ExperimentReadingView['kind'], { tone: Tone; words: string }>> = {
  collecting: { tone: 'neutral', words: 'too early' },
  mismatch: { tone: 'bad', words: 'mismatch' },
  winner: { tone: 'good', words: 'winner' },
  no_winner: { tone: 'warn', words: 'no winner' },
  no_difference: { tone: 'neutral', words: 'no difference' },
  inconclusive: { tone: 'neutral', words: 'inconclusive' },
}

/** A verdict as one word and its colour. */
export function verdictOf(reading: ExperimentReadingView): { tone: Tone; words: string } {
  return verdicts[reading.kind]
}

export const standingWords: Readonly<Record<TreatmentView['standing'], { tone: Tone; words: string }>> = {
  collecting: { tone: 'neutral', words: 'too early' },
  better: { tone: 'good', words: 'better' },
  worse: { tone: 'warn', words: 'worse' },
  no_difference: { tone: 'neutral', words: 'no difference' },
  inconclusive: { tone: 'neutral', words: 'inconclusive' },
  stopped: { tone: 'bad', words: 'stopped' },
}

const changeNames: Readonly<Record<string, string>> = {
  topP: 'top_p',
  maxOutputTokens: 'output limit',
  presencePenalty: 'presence penalty',
  frequencyPenalty: 'frequency penalty',
}

/** What an experiment changes and on which requests, e.g. `model · operation reply of tier premium · by creator`. */
export function scopeOf({ plan }: Pick<ExperimentSummary, 'plan'>): string {
  const { tier, operation, accountIds, creatorIds } = plan.target
  const changes = [...changesOf(plan)].map((name) => changeNames[name] ?? name)
  const where = [
    operation === null ? 'every operation' : `operation ${operation}`,
    tier === null ? 'every tier' : `tier ${tier}`,
  ].join(' of ')
  const whose = [
    ...(accountIds.length > 0 ? [`${accountIds.length} accounts`] : []),
    ...(creatorIds.length > 0 ? [`${creatorIds.length} creators`] : []),
  ]
  const share = plan.exclusive
    ? `${(plan.exclusive.to - plan.exclusive.from) / 100} % of group ${plan.exclusive.group}`
    : `${plan.trafficBps / 100} % of ${plan.unit}s`
  return [changes.join(', ') || 'changes nothing (A/A)', where, ...whose, share].join(' · ')
}

const eventNames: Readonly<Record<string, string>> = {
  created: 'Draft made',
  started: 'Started',
  variant_stopped: 'Variant stopped by itself',
  mismatch: 'Verdict held: mismatch',
  mismatch_over: 'Mismatch over',
  stopped: 'Stopped',
  concluded: 'Concluded',
}

export function eventWords(kind: string): string {
  return eventNames[kind] ?? kind
}
