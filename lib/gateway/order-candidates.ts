import type { Deployment } from '#lib/deployments/catalog'
import { bucketOf } from '#lib/gateway/hash-unit'
import type { RouteCandidate, RouteReason } from '#lib/gateway/route-plan'
import type { DeploymentBlock } from '#lib/resilience/breaker-signal'

/** What planning knows of a region that is not plainly serving. */
export interface RegionAdmission {
  phase: 'dark' | 'recovering' | 'failed_over'
  /** Share of requests it takes, in basis points; 0 when dark or failed over. */
  admittedBps: number
  reason: string
}

/** What is known of the candidates at the moment of planning; all maps are empty while all is well. */
export interface CandidateStates {
  nowMs: number
  /** Until when a deployment asked to be left alone; absent or past = free. */
  cooldownUntilMs: ReadonlyMap<string, number>
  blocks: ReadonlyMap<string, DeploymentBlock>
  drained: ReadonlyMap<string, { reason: string }>
  regions: ReadonlyMap<string, RegionAdmission>
}

export interface OrderOptions {
  states: CandidateStates
  deploymentOf(id: string): Deployment | undefined
  /** Whose share of a recovering region is asked for: the session, else the request. */
  unit: string
  /** Deployments of this region come first among equals; null = no preference. */
  preferredRegion: string | null
}

/** The later in this list, the later asked; what is not in it stands first. */
const standings = ['plain', 'cooldown', 'drained', 'region', 'breaker', 'isolated'] as const
type Standing = (typeof standings)[number]

interface Placed {
  candidate: RouteCandidate
  rank: number
}

/**
 * Puts candidates that cannot be asked plainly behind those that can, and says why. None is removed, since it may be all
 * there is; among equals the chain's order stays.
 */
export function orderCandidates(
  candidates: readonly RouteCandidate[],
  options: OrderOptions,
  reasons: RouteReason[],
): readonly RouteCandidate[] {
  const { states, preferredRegion } = options
  if (preferredRegion === null && isCalm(states)) return candidates
  const placed = candidates.map((candidate): Placed => {
    const standing = standingOf(candidate.deploymentId, options, reasons)
    const region = options.deploymentOf(candidate.deploymentId)?.region
    const away = preferredRegion !== null && region !== preferredRegion ? 1 : 0
    return { candidate, rank: standings.indexOf(standing) * 2 + away }
  })
  return placed.sort((a, b) => a.rank - b.rank).map(({ candidate }) => candidate)
}

function isCalm({ cooldownUntilMs, blocks, drained, regions }: CandidateStates): boolean {
  return cooldownUntilMs.size === 0 && blocks.size === 0 && drained.size === 0 && regions.size === 0
}

function standingOf(id: string, options: OrderOptions, reasons: RouteReason[]): Standing {
  const { states } = options
  const block = states.blocks.get(id)
  if (block) {
    const code = block.phase === 'isolated' ? 'isolated' : 'breaker'
    reasons.push({ deploymentId: id, code, text: `${blockWords[block.phase]}: ${block.reason}` })
    return code
  }
  if (isRegionOut(id, options, reasons)) return 'region'
  const drained = states.drained.get(id)
  if (drained) {
    const text = `drained by an operator (${drained.reason}), so it is asked only when nothing else is left`
    reasons.push({ deploymentId: id, code: 'drained', text })
    return 'drained'
  }
  const leftMs = (states.cooldownUntilMs.get(id) ?? 0) - states.nowMs
  if (leftMs <= 0) return 'plain'
  const text = `asked to be left alone for another ${(leftMs / 1000).toFixed(1)} s, so it stands behind`
  reasons.push({ deploymentId: id, code: 'cooldown', text })
  return 'cooldown'
}

const blockWords = {
  open: 'its breaker is open',
  half_open: 'its breaker is half-open and its probe is on the way',
  isolated: 'isolated by an operator',
} as const

function isRegionOut(id: string, options: OrderOptions, reasons: RouteReason[]): boolean {
  const region = options.deploymentOf(id)?.region
  const admission = region === undefined ? undefined : options.states.regions.get(region)
  if (!admission) return false
  const recovering = admission.phase === 'recovering'
  if (recovering && bucketOf(`region ${region}`, options.unit) < admission.admittedBps) {
    const text = `region ${region} is recovering and takes ${admission.admittedBps / 100} % of requests, this one among them`
    reasons.push({ deploymentId: id, code: 'region', text })
    return false
  }
  const share = recovering ? `, takes ${admission.admittedBps / 100} % of requests` : ''
  const text = `region ${region} is ${admission.phase.replace('_', ' ')}${share}: ${admission.reason}`
  reasons.push({ deploymentId: id, code: 'region', text })
  return true
}
