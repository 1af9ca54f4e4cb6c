import { drawAt } from '#lib/gateway/draw-at'
import { fnv1a } from '#lib/gateway/hash-unit'

/** What is known of a deployment's load, on this instance. */
export interface DeploymentLoad {
  inFlight: number
  /** Share of its provider's rate limit that is left, 0–1; null = unknown. */
  headroom: number | null
  /** Moving average of what a success took until its first token (or its end); null = unknown. */
  latencyMs: number | null
}

export interface BalancedMember {
  deploymentId: string
  /** Capacity relative to the mean of those it is balanced with. */
  weight: number
  /** Provisioned throughput is paid for whether it is used or not, so it comes first. */
  provisioned: boolean
}

export interface BalanceOptions {
  loadOf(deploymentId: string): DeploymentLoad
  /** In [0, 1). */
  random: number
  /** Requests of one session stay at one member as long as it can be asked; null = no session. */
  session: string | null
}

/** Scores that differ by less than this share are the same: noise must not decide who gets all the traffic. */
const tie = 0.25

/**
 * The order in which the equals of one chain step are asked: provisioned members before the others; a session's own
 * member first (rendezvous hashing, so that losing a member moves only its sessions), else the better of two that
 * weighted draws picked. Whoever follows is drawn by weight too, so that those who fall over spread like those who do not.
 * Sources: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001; Thaler and Ravishankar,
 * "Using Name-Based Mappings to Increase Hit Rates", 1998; Efraimidis and Spirakis, "Weighted random sampling with a
 * reservoir", 2006.
 */
export function balanceStep<Member extends BalancedMember>(
  members: readonly Member[],
  options: BalanceOptions,
): readonly Member[] {
  const first = members.filter(({ provisioned }) => provisioned)
  if (first.length === 0 || first.length === members.length) return orderEquals(members, options)
  const others = members.filter(({ provisioned }) => !provisioned)
  return [...orderEquals(first, options), ...orderEquals(others, options)]
}

function orderEquals<Member extends BalancedMember>(
  members: readonly Member[],
  options: BalanceOptions,
): readonly Member[] {
  const { session, random } = options
  if (members.length < 2) return members
  const ordered = members
    .map((member, index) => ({ member, key: orderKey(member, session, drawAt(random, index)) }))
    .sort((a, b) => a.key - b.key || (a.member.deploymentId < b.member.deploymentId ? -1 : 1))
    .map(({ member }) => member)
  if (session !== null) return ordered
  const rival = drawByWeight(members, drawAt(random, members.length))
  const [drawn] = ordered
  if (!drawn || !rival || rival === drawn || !isClearlyBetter(rival, drawn, { members, options }))
    return ordered
  return [rival, ...ordered.filter((member) => member !== rival)]
}

/** Ascending keys are a draw by weight without replacement; with a session it is always the same draw. */
function orderKey({ deploymentId, weight }: BalancedMember, session: string | null, draw: number): number {
  const uniform = session === null ? draw : fnv1a(String(fnv1a(`${deploymentId} ${session}`))) / 0x1_0000_0000
  return -Math.log(1 - uniform) / weight
}

function drawByWeight<Member extends BalancedMember>(
  members: readonly Member[],
  draw: number,
): Member | undefined {
  let left = draw * members.reduce((sum, { weight }) => sum + weight, 0)
  return (
    members.find(({ weight }) => {
      left -= weight
      return left < 0
    }) ?? members.at(-1)
  )
}

interface Comparison {
  members: readonly BalancedMember[]
  options: Pick<BalanceOptions, 'loadOf'>
}

function isClearlyBetter(one: BalancedMember, other: BalancedMember, comparison: Comparison): boolean {
  const { loadOf } = comparison.options
  const loads = [loadOf(one.deploymentId), loadOf(other.deploymentId)] as const
  const isMeasured = loads.every(({ latencyMs }) => latencyMs !== null)
  const usualMs = isMeasured ? 0 : meanLatencyMs(comparison)
  return waitScore(one, loads[0], usualMs) < waitScore(other, loads[1], usualMs) * (1 - tie)
}

/** What a success takes at those of whom it is known: what is assumed of the others. */
function meanLatencyMs({ members, options }: Comparison): number {
  const known = members.flatMap(({ deploymentId }) => options.loadOf(deploymentId).latencyMs ?? [])
  return known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length)
}

/**
 * How long a request would wait, relatively: the queue for the capacity, times what a success takes, over what is left of
 * the limit. Lower is better.
 */
function waitScore({ weight }: BalancedMember, load: DeploymentLoad, usualMs: number): number {
  const queue = 1 + load.inFlight / weight
  return (queue * Math.max(load.latencyMs ?? usualMs, 1)) / Math.max(load.headroom ?? 1, 0.01)
}
