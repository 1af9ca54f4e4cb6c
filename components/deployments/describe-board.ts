import { type NextMove, nextMove } from '#components/deployments/next-move'
import { deploymentStates, regionPhaseWords } from '#components/deployments/state-words'
import { joinWords } from '#components/deployments/take-over'
import type { Tone } from '#components/ui/tone'
import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import type { RegionView } from '#lib/contracts/regions'
import { formatRate } from '#lib/telemetry/format-rate'

export interface BoardVerdict {
  tone: Tone
  /** How many are ready, and what is worst, with its reason. Without a full stop: `next` may follow. */
  sentence: string
  next: NextMove | null
  /** What else is not as it should be, in a few words each. */
  also: readonly string[]
}

interface Trouble {
  tone: Tone
  who: string
  /** `open`, `recovering` */
  word: string
  why: string | null
  next: NextMove | null
}

/** Who is sick, why, and what is due, in one sentence over the whole board. */
export function describeBoard(view: DeploymentsView): BoardVerdict {
  const troubles = [...view.regions.flatMap(regionTrouble), ...view.deployments.flatMap(deploymentTrouble)]
  const [worst, ...others] = troubles.toSorted((a, b) => severity(a.tone) - severity(b.tone))
  const stranded = strandedTiers(view)
  const count = readyWords(view)
  if (!worst) return { tone: 'good', sentence: `${count}; ${trafficWords(view)}`, next: null, also: [] }
  const lead = stranded.length > 0 ? `${strandedWords(stranded)}; ` : ''
  return {
    tone: stranded.length > 0 ? 'bad' : worst.tone,
    sentence: `${lead}${count}; ${because(worst)}`,
    next: worst.next,
    also: summarise(others),
  }
}

function regionTrouble({ name, phase, reason, nextStepAt }: RegionView): Trouble[] {
  if (phase === 'serving') return []
  const { tone, word } = regionPhaseWords[phase]
  const next = nextStepAt === null ? null : { words: 'next step in', due: 'next step due', until: nextStepAt }
  return [{ tone, who: name, word, why: reason, next }]
}

function deploymentTrouble(deployment: DeploymentView): Trouble[] {
  const { id, state, stateReason } = deployment
  if (isReady(state)) return []
  const { tone, word } = deploymentStates[state]
  return [{ tone, who: id, word, why: stateReason, next: nextMove(deployment) }]
}

function isReady(state: DeploymentView['state']): boolean {
  return state === 'serving' || state === 'idle'
}

/** Tiers of which every deployment is out: their requests are refused. */
function strandedTiers({ deployments, tiers }: DeploymentsView): string[] {
  const out = new Set(
    deployments.filter(({ state }) => state === 'open' || state === 'isolated').map(({ id }) => id),
  )
  return tiers.filter(({ chain }) => chain.flat().every((id) => out.has(id))).map(({ name }) => name)
}

function strandedWords(tiers: readonly string[]): string {
  return tiers.length === 1
    ? `Tier ${tiers[0]} has no deployment left`
    : `Tiers ${joinWords(tiers)} have no deployment left`
}

function readyWords({ deployments }: DeploymentsView): string {
  const chat = deployments.filter(({ tiers }) => tiers.length > 0)
  const ready = chat.filter(({ state }) => isReady(state)).length
  return ready === chat.length
    ? `All ${chat.length} chat deployments ready`
    : `${ready} of ${chat.length} chat deployments ready`
}

function trafficWords({ deployments }: DeploymentsView): string {
  const rate = deployments.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)
  return rate === 0 ? 'no request in the last 15 minutes' : `${formatRate(rate)} requests/s`
}

function because({ who, word, why }: Trouble): string {
  return why ? `${who} is ${word}: ${why.replace(/[.\s]+$/, '')}` : `${who} is ${word}`
}

/** `a and b are open`, `c is drained`: those in the same state together. */
function summarise(troubles: readonly Trouble[]): string[] {
  const words = [...new Set(troubles.map(({ word }) => word))]
  return words.map((word) => {
    const names = troubles.filter((trouble) => trouble.word === word).map(({ who }) => who)
    return `${joinWords(names)} ${names.length === 1 ? 'is' : 'are'} ${word}`
  })
}

const toneOrder: readonly Tone[] = ['bad', 'warn', 'info']

function severity(tone: Tone): number {
  const place = toneOrder.indexOf(tone)
  return place < 0 ? toneOrder.length : place
}
