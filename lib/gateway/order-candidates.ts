import { type BalanceOptions, balanceStep } from '#lib/gateway/balance-step'
import {
  type CandidateStates,
  type StandingOptions,
  standingOf,
  standings,
} from '#lib/gateway/candidate-standing'
import { drawAt } from '#lib/gateway/draw-at'
import type { RouteCandidate, RouteReason } from '#lib/gateway/route-plan'
import type { RouteStep, StepMember } from '#lib/gateway/route-steps'

export interface OrderOptions extends StandingOptions {
  balance: BalanceOptions
  /** Deployments of this region come first among equals; null = no preference. */
  preferredRegion: string | null
}

/** Ranks of one step: a standing each, at home and away. */
const ranksPerStep = standings.length * 2

/**
 * Puts candidates that cannot be asked plainly behind those that can, and says why. None is removed, since it may be all
 * there is. Among equals the chain's steps keep their order, and each step is balanced over those that stand alike, so
 * that the share of one that is out spreads over the others.
 */
export function orderCandidates(
  steps: readonly RouteStep[],
  options: OrderOptions,
  reasons: RouteReason[],
): readonly RouteCandidate[] {
  const { states, preferredRegion, mixesRetired, balance } = options
  const placed: Placed[] = []
  const isPlain = preferredRegion === null && !mixesRetired && isCalm(states)
  for (const { step, members } of steps) {
    const alike = isPlain ? [[0, members] as const] : groupByRank(members, options, reasons)
    for (const [rank, equals] of alike) {
      const ordered = balanceRank(equals, balance, step * ranksPerStep + rank)
      if (balance.session !== null && rank < 2) noteOwner(ordered, reasons)
      for (const { deploymentId } of ordered) placed.push({ deploymentId, step, rank })
    }
  }
  if (!isPlain) placed.sort((a, b) => a.rank - b.rank)
  return placed.map(({ deploymentId, step }) => ({ deploymentId, step }))
}

interface Placed extends RouteCandidate {
  rank: number
}

function isCalm({ cooldownUntilMs, blocks, drained, regions }: CandidateStates): boolean {
  return cooldownUntilMs.size === 0 && blocks.size === 0 && drained.size === 0 && regions.size === 0
}

function groupByRank(
  members: readonly StepMember[],
  options: OrderOptions,
  reasons: RouteReason[],
): ReadonlyMap<number, readonly StepMember[]> {
  const { preferredRegion } = options
  return Map.groupBy(members, (member) => {
    const away = preferredRegion !== null && member.region !== preferredRegion ? 1 : 0
    return standings.indexOf(standingOf(member, options, reasons)) * 2 + away
  })
}

function noteOwner(ordered: readonly StepMember[], reasons: RouteReason[]): void {
  const [owner] = ordered
  if (!owner || ordered.length < 2) return
  const text = `of ${ordered.length} that can be asked, the one at which its session stays`
  reasons.push({ deploymentId: owner.deploymentId, code: 'session', text })
}

/** Each group draws for itself: else all who fall over from one member would meet again at the same next one. */
function balanceRank(
  equals: readonly StepMember[],
  balance: BalanceOptions,
  place: number,
): readonly StepMember[] {
  if (equals.length < 2) return equals
  const { loadOf, session, random } = balance
  return balanceStep(equals, { loadOf, session, random: drawAt(random, place) })
}
