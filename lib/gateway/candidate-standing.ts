import { bucketOf } from '#lib/gateway/hash-unit'
import type { RouteReason } from '#lib/gateway/route-plan'
import type { StepMember } from '#lib/gateway/route-steps'
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

export interface StandingOptions {
  states: CandidateStates
  /** Whose share of a recovering region is asked for: the session, else the request. */
  unit: string
  /** Do candidates whose model is retired stand behind others, whose is not? */
  mixesRetired: boolean
}

/** The later in this list, the later asked. */
export const standings = ['plain', 'retired', 'cooldown', 'drained', 'region', 'breaker', 'isolated'] as const
export type Standing = (typeof standings)[number]

/** Whether a candidate can be asked plainly, or how far behind the others it stands, with the reason why. */
export function standingOf(
  { deploymentId, region, retired }: StepMember,
  options: StandingOptions,
  reasons: RouteReason[],
): Standing {
  const { states } = options
  const block = states.blocks.get(deploymentId)
  if (block) {
    const code = block.phase === 'isolated' ? 'isolated' : 'breaker'
    reasons.push({ deploymentId, code, text: `${blockWords[block.phase]}: ${block.reason}` })
    return code
  }
  if (isRegionOut({ deploymentId, region }, options, reasons)) return 'region'
  const drained = states.drained.get(deploymentId)
  if (drained) {
    const text = `drained by an operator (${drained.reason}), so it is asked only when nothing else is left`
    reasons.push({ deploymentId, code: 'drained', text })
    return 'drained'
  }
  const leftMs = (states.cooldownUntilMs.get(deploymentId) ?? 0) - states.nowMs
  if (leftMs > 0) {
    const text = `asked to be left alone for another ${(leftMs / 1000).toFixed(1)} s, so it stands behind`
    reasons.push({ deploymentId, code: 'cooldown', text })
    return 'cooldown'
  }
  if (!retired || !options.mixesRetired) return 'plain'
  const text = 'its model is retired, so it stands behind those whose model is not'
  reasons.push({ deploymentId, code: 'lifecycle', text })
  return 'retired'
}

const blockWords = {
  open: 'its breaker is open',
  half_open: 'its breaker is half-open and its probe is on the way',
  isolated: 'isolated by an operator',
} as const

function isRegionOut(
  { deploymentId, region }: Pick<StepMember, 'deploymentId' | 'region'>,
  { states, unit }: StandingOptions,
  reasons: RouteReason[],
): boolean {
  const admission = states.regions.get(region)
  if (!admission) return false
  const recovering = admission.phase === 'recovering'
  if (recovering && bucketOf(`region ${region}`, unit) < admission.admittedBps) {
    const text = `region ${region} is recovering and takes ${admission.admittedBps / 100} % of requests, this one among them`
    reasons.push({ deploymentId, code: 'region', text })
    return false
  }
  const share = recovering ? `, takes ${admission.admittedBps / 100} % of requests` : ''
  const text = `region ${region} is ${admission.phase.replace('_', ' ')}${share}: ${admission.reason}`
  reasons.push({ deploymentId, code: 'region', text })
  return true
}
