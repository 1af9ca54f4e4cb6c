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
  /** Capacity relative to the step's mean. */
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
 * weighted draws picked.
 * Sources: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001; Thaler and Ravishankar,
 * "Using Name-Based Mappings to Increase Hit Rates", 1998 (weighted as in Schindelhauer and Schomaker, 2005).
 */
export function balanceStep(members: readonly BalancedMember[], options: BalanceOptions): string[] {
  const provisioned = members.filter((member) => member.provisioned)
  if (provisioned.length === 0 || provisioned.length === members.length) return orderEquals(members, options)
  const others = members.filter((member) => !member.provisioned)
  return [...orderEquals(provisioned, options), ...orderEquals(others, options)]
}

function orderEquals(members: readonly BalancedMember[], options: BalanceOptions): string[] {
  const { session } = options
  if (members.length < 2) return members.map(({ deploymentId }) => deploymentId)
  const scores =
    session === null
      ? loadScores(members, options)
      : members.map((member) => rendezvousScore(member, session))
  const scored = members
    .map((member, index) => ({ member, score: scores[index] ?? 0 }))
    .sort((a, b) => a.score - b.score || (a.member.deploymentId < b.member.deploymentId ? -1 : 1))
  const ids = scored.map(({ member }) => member.deploymentId)
  if (session !== null) return ids
  const first = betterOfTwo(scored, options.random)
  return [first, ...ids.filter((id) => id !== first)]
}

interface Scored {
  member: BalancedMember
  /** Lower is better. */
  score: number
}

/** Two draws by weight, with replacement; the first stands unless the second is clearly better. */
function betterOfTwo(scored: readonly Scored[], random: number): string {
  const first = draw(scored, random)
  const second = draw(scored, (random * 99_991) % 1)
  return (second.score < first.score * (1 - tie) ? second : first).member.deploymentId
}

function draw(scored: readonly Scored[], random: number): Scored {
  const total = scored.reduce((sum, { member }) => sum + member.weight, 0)
  let left = random * total
  for (const one of scored) {
    left -= one.member.weight
    if (left < 0) return one
  }
  const last = scored.at(-1)
  if (!last) throw new RangeError('a step has no members')
  return last
}

/**
 * How long a request would wait at each, relatively: its queue for its capacity, times what a success takes there (the
 * others' mean where nothing is known), over what is left of its limit.
 */
function loadScores(members: readonly BalancedMember[], { loadOf }: BalanceOptions): number[] {
  const loads = members.map(({ deploymentId }) => loadOf(deploymentId))
  const latencies = loads.flatMap(({ latencyMs }) => latencyMs ?? [])
  const mean = latencies.reduce((sum, one) => sum + one, 0) / Math.max(1, latencies.length)
  return loads.map(({ inFlight, headroom, latencyMs }, index) => {
    const queue = 1 + inFlight / (members[index]?.weight ?? 1)
    return (queue * Math.max(latencyMs ?? mean, 1)) / Math.max(headroom ?? 1, 0.01)
  })
}

/** Weighted rendezvous hashing: the member with the lowest value owns the session. */
function rendezvousScore({ deploymentId, weight }: BalancedMember, session: string): number {
  const hash = (fnv1a(String(fnv1a(`${deploymentId} ${session}`))) + 1) / 0x1_0000_0001
  return -Math.log(hash) / weight
}
