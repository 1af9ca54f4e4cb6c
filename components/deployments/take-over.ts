import type { DeploymentsView, DeploymentView } from '#lib/contracts/deployments'
import { formatRate } from '#lib/telemetry/format-rate'

/** Where requests go when a deployment, or all of a region, is not asked any more. */
export interface TakeOver {
  requestsPerSecond: number
  /** Deployments that come next in the chains. */
  ids: readonly string[]
  /** Chains in which nobody else is ready. */
  stranded: readonly string[]
}

/** Who takes the requests of the deployments that `leaves` names, as the chains stand now. */
export function takeOver(view: DeploymentsView, leaves: (deployment: DeploymentView) => boolean): TakeOver {
  const leaving = view.deployments.filter(leaves)
  const known = new Map(view.deployments.map((deployment) => [deployment.id, deployment]))
  const isFree = (id: string) => {
    const deployment = known.get(id)
    return deployment !== undefined && !leaving.includes(deployment) && mayBeAsked(deployment)
  }
  const chains = chainsOf(view).filter(({ ids }) => leaving.some(({ id }) => ids.includes(id)))
  const next = chains.map(({ name, ids }) => ({ name, id: ids.find(isFree) }))
  return {
    requestsPerSecond: leaving.reduce((sum, deployment) => sum + deployment.requestsPerSecond, 0),
    ids: [...new Set(next.flatMap(({ id }) => (id === undefined ? [] : [id])))],
    stranded: next.filter(({ id }) => id === undefined).map(({ name }) => name),
  }
}

function mayBeAsked({ state }: DeploymentView): boolean {
  return state !== 'open' && state !== 'isolated' && state !== 'drained'
}

/** The tiers' chains, and for deployments outside of them (embeddings) the twins of their name. */
function chainsOf({ deployments, tiers }: DeploymentsView): { name: string; ids: readonly string[] }[] {
  const outside = deployments.filter(({ tiers: places }) => places.length === 0)
  const names = [...new Set(outside.map(({ deployment }) => deployment))]
  return [
    ...tiers.map(({ name, chain }) => ({ name, ids: chain.flat() })),
    ...names.map((name) => ({
      name,
      ids: outside.filter(({ deployment }) => deployment === name).map(({ id }) => id),
    })),
  ]
}

/** What happens to the traffic, in a sentence; `whom` stands in place of the deployments' names. */
export function takeOverSentence(moved: TakeOver, whom: readonly string[] = moved.ids): string {
  const { requestsPerSecond, stranded } = moved
  const idle = requestsPerSecond === 0
  const about = stranded.length === 0 ? 'about' : 'up to'
  const rate = `${formatRate(requestsPerSecond)} requests/s`
  if (whom.length === 0) return `Nobody else is ready to take its ${idle ? 'requests' : rate}.`
  return idle
    ? `It takes no request at the moment; new ones go to ${joinWords(whom)}.`
    : `This sends ${about} ${rate} to ${joinWords(whom)}.`
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
