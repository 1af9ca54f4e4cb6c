import type { Catalog, Deployment } from '#lib/deployments/catalog'
import {
  capabilitiesOf,
  type ModelFeature,
  modelFeatures,
  type Treatment,
} from '#lib/deployments/model-capabilities'
import { featureWords, treatmentWords } from '#lib/traffic/pre-flight-words'
import type { TrafficChain } from '#lib/traffic/traffic-config'
import { contextSteps, type UsedFeature } from '#lib/traffic/used-features'

/** How often the traffic of the last days used each feature. Nothing there = nobody has looked yet. */
export type FeatureUses = ReadonlyMap<UsedFeature, number>

export interface PreFlightFinding {
  /** Null = of the deployment itself, not of what callers ask for. */
  feature: ModelFeature | 'context' | 'output_size' | 'filter_annotations' | 'lifecycle' | 'chain'
  deploymentId: string | null
  /** `blocks` refuses the target; the others inform. */
  outcome: 'blocks' | 'differs' | 'dropped' | 'translated' | 'unused'
  /** Requests of the last days that used it; null where that does not matter. */
  uses: number | null
  /** One sentence for a person: what, and what to do. */
  text: string
}

export interface PreFlight {
  passes: boolean
  findings: readonly PreFlightFinding[]
  /** Requests that were looked at. */
  requests: number
}

export interface PreFlightInput {
  catalog: Catalog
  from: TrafficChain
  to: TrafficChain
  uses: FeatureUses
  /** Providers that the simulator stands in for: it serves what the real one has retired. */
  simulated: ReadonlySet<Deployment['provider']>
  maxOutputTokens: number
}

/**
 * What a route's traffic would meet at a target: which parameters, features and sizes it rejects, drops or reads
 * differently than what serves today. A rejection blocks only where the traffic really uses the feature and today's route
 * takes it, and only at the chain's first step; what nobody uses is said all the same. Findings that block stand first.
 */
export function preFlight(input: PreFlightInput): PreFlight {
  const { catalog, from, to } = input
  const members = (chain: TrafficChain) => chain.flat().flatMap((id) => catalog.deployments.get(id) ?? [])
  const [old, target] = [members(from), members(to)]
  const requests = input.uses.get('requests') ?? 0
  const findings =
    target.length === 0
      ? [emptyChain]
      : [
          ...target.flatMap((deployment) => lifecycleFindings(deployment, input)),
          ...target.flatMap((deployment) => featureFindings(deployment, old, input.uses)),
          ...sizeFindings(target, input),
          ...annotationFindings(old, target),
        ]
  const first = new Set(to[0] ?? [])
  const sorted = findings
    .map((finding) => asFallback(finding, first))
    .toSorted((a, b) => outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome))
  return { passes: sorted.every(({ outcome }) => outcome !== 'blocks'), findings: sorted, requests }
}

const outcomes = ['blocks', 'differs', 'dropped', 'translated', 'unused'] as const

/** Who stands behind the chain's first step is asked in need only: that it would refuse too costs no answer that could be given. */
function asFallback(finding: PreFlightFinding, first: ReadonlySet<string>): PreFlightFinding {
  const { deploymentId, outcome, text } = finding
  if (outcome !== 'blocks' || deploymentId === null || first.has(deploymentId)) return finding
  return { ...finding, outcome: 'differs', text: `As a fallback, ${deploymentId}: ${text}` }
}

const emptyChain: PreFlightFinding = {
  feature: 'chain',
  deploymentId: null,
  outcome: 'blocks',
  uses: null,
  text: 'The target names no deployment of the catalog, so nobody would answer.',
}

function lifecycleFindings(
  { id, model, provider, lifecycle }: Deployment,
  { simulated }: PreFlightInput,
): PreFlightFinding[] {
  if (lifecycle?.stage !== 'retired' && lifecycle?.stage !== 'deprecated') return []
  const instead = lifecycle.replacement ? `; ${lifecycle.replacement} would replace it` : ''
  const finding = { feature: 'lifecycle', deploymentId: id, uses: null } as const
  if (lifecycle.stage === 'deprecated') {
    const when = lifecycle.retiresOn ? ` on ${lifecycle.retiresOn}` : ''
    return [{ ...finding, outcome: 'differs', text: `${model} retires${when}${instead}.` }]
  }
  return simulated.has(provider)
    ? [
        {
          ...finding,
          outcome: 'differs',
          text: `${model} is retired: the simulator serves it, its provider would not${instead}.`,
        },
      ]
    : [{ ...finding, outcome: 'blocks', text: `${model} is retired and answers nobody${instead}.` }]
}

function featureFindings(
  target: Deployment,
  old: readonly Deployment[],
  uses: FeatureUses,
): PreFlightFinding[] {
  const { treatments } = capabilitiesOf(target)
  return modelFeatures.flatMap((feature) => {
    const treatment = treatments[feature] ?? 'native'
    if (treatment === 'native' || old.some((one) => treatsAlike(one, feature, treatment))) return []
    const used = uses.get(feature) ?? 0
    const words = `${featureWords[feature]} ${treatmentWords[treatment]}`
    const outcome = used === 0 ? 'unused' : outcomeOf[treatment]
    const count = used === 0 ? 'no request used it lately' : `${used} of the last requests used it`
    const text = `${target.model}: ${words}; ${count}.`
    return [{ feature, deploymentId: target.id, outcome, uses: used, text }]
  })
}

const outcomeOf = {
  refused: 'blocks',
  differs: 'differs',
  dropped: 'dropped',
  translated: 'translated',
} as const satisfies Record<Exclude<Treatment, 'native'>, PreFlightFinding['outcome']>

/** Then nothing changes for those who use it. */
function treatsAlike(deployment: Deployment, feature: ModelFeature, treatment: Treatment): boolean {
  return (capabilitiesOf(deployment).treatments[feature] ?? 'native') === treatment
}

/** A request that is too long goes on to a larger member of the chain, so its largest one decides. */
function sizeFindings(
  target: readonly Deployment[],
  { uses, maxOutputTokens }: PreFlightInput,
): PreFlightFinding[] {
  const windows = target.map(({ contextTokens }) => contextTokens ?? Number.POSITIVE_INFINITY)
  const [largest, smallest] = [Math.max(...windows), Math.min(...windows)]
  const above = (tokens: number) =>
    contextSteps.reduce(
      (sum, step, index) =>
        (contextSteps[index - 1] ?? 0) >= tokens ? sum + (uses.get(`context_${step}`) ?? 0) : sum,
      0,
    )
  const findings: PreFlightFinding[] = []
  const tooLong = above(largest)
  if (tooLong > 0)
    findings.push({
      feature: 'context',
      deploymentId: null,
      outcome: 'blocks',
      uses: tooLong,
      text: `${tooLong} of the last requests need more than ${largest} tokens, the largest window of the target.`,
    })
  else if (above(smallest) > 0)
    findings.push({
      feature: 'context',
      deploymentId: null,
      outcome: 'differs',
      uses: above(smallest),
      text: `${above(smallest)} of the last requests need more than ${smallest} tokens and go past the smaller deployments of the target.`,
    })
  for (const one of target) {
    const most = capabilitiesOf(one).maxOutputTokens
    if (most === null || most >= maxOutputTokens) continue
    findings.push({
      feature: 'output_size',
      deploymentId: one.id,
      outcome: 'blocks',
      uses: null,
      text: `${one.model} gives at most ${most} tokens, the tier allows ${maxOutputTokens}: lower the tier's limit first.`,
    })
  }
  return findings
}

function annotationFindings(old: readonly Deployment[], target: readonly Deployment[]): PreFlightFinding[] {
  const annotates = (deployments: readonly Deployment[]) =>
    deployments.some((one) => capabilitiesOf(one).filterAnnotations)
  const [had, has] = [annotates(old), annotates(target)]
  if (old.length === 0 || had === has) return []
  return [
    {
      feature: 'filter_annotations',
      deploymentId: null,
      outcome: 'differs',
      uses: null,
      text: has
        ? "Azure's content filter looks at prompts and answers: some are refused that were answered before, and answers carry its findings."
        : "Answers no longer carry the findings of Azure's content filter, and nothing is refused by it.",
    },
  ]
}
