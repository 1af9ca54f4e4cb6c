import { answerUsd, type RouteUse } from '#lib/costs/route-use'

/** What a cost can change by. */
export const costDrivers = ['volume', 'tokens', 'mix', 'price', 'cache', 'failures'] as const

export type CostDriver = (typeof costDrivers)[number]

/** Requests of a span by provider and model. */
export interface UseSpan {
  /** How many days they are of; fewer where these were quieter weekdays than those they are compared with. */
  days: number
  uses: ReadonlyMap<string, RouteUse>
}

export interface DriverEffect {
  driver: CostDriver
  /** What it adds to a day's cost; all effects together are the whole change. */
  usdPerDay: number
}

/**
 * Splits the change of a day's cost into what each driver did to it: how many requests, tokens per request, which models,
 * their prices, the share of cached input, failed requests and attempts. Each effect is the driver's mean effect over all
 * orders in which the drivers could have changed (Shapley's value), so that none depends on an order and their sum is the
 * change. The largest effect first.
 */
export function explainChange(before: UseSpan, now: UseSpan): DriverEffect[] {
  const costs = Array.from({ length: 1 << costDrivers.length }, (_, changed) =>
    costOf({ before, now, changed }),
  )
  return costDrivers
    .map((driver, index) => ({ driver, usdPerDay: shapley(costs, 1 << index) }))
    .sort((a, b) => Math.abs(b.usdPerDay) - Math.abs(a.usdPerDay))
}

interface Case {
  before: UseSpan
  now: UseSpan
  /** A bit for each driver that is as now. */
  changed: number
}

/** What a day costs when some drivers are as now and the others as before. */
function costOf({ before, now, changed }: Case): number {
  const isNow = (driver: CostDriver) => (changed & (1 << costDrivers.indexOf(driver))) !== 0
  const { uses, days } = isNow('volume') ? now : before
  const requestsPerDay = countRequests(uses) / days
  let usd = 0
  for (const key of new Set([...before.uses.keys(), ...now.uses.keys()])) {
    const [old, fresh] = [before.uses.get(key), now.uses.get(key)]
    // What was not there before has no earlier figures: all of it is the mix's doing.
    const pick = (driver: CostDriver) => (isNow(driver) ? (fresh ?? old) : (old ?? fresh))
    const use = combine(pick)
    if (use === null) continue
    const shares = [shareOf(before, old), shareOf(now, fresh)]
    const share = (isNow('mix') ? shares[1] : shares[0]) ?? shares.find((one) => one !== null) ?? 0
    usd += share * (use.answeredShare * answerUsd(use) + use.otherUsd + use.wastedUsd)
  }
  return usd * requestsPerDay
}

function combine(pick: (driver: CostDriver) => RouteUse | undefined): RouteUse | null {
  const [tokens, cache, price, failures] = [pick('tokens'), pick('cache'), pick('price'), pick('failures')]
  if (!tokens || !cache || !price || !failures) return null
  return {
    ...tokens,
    ...{ cachedShare: cache.cachedShare, writtenShare: cache.writtenShare },
    ...{ prices: price.prices, otherUsd: price.otherUsd },
    ...{ answeredShare: failures.answeredShare, wastedUsd: failures.wastedUsd },
  }
}

function countRequests(uses: UseSpan['uses']): number {
  return [...uses.values()].reduce((sum, { requests }) => sum + requests, 0)
}

/** Share of a span's requests; null when the span has none at all. */
function shareOf({ uses }: UseSpan, use: RouteUse | undefined): number | null {
  const whole = countRequests(uses)
  return whole === 0 ? null : (use?.requests ?? 0) / whole
}

function shapley(costs: readonly number[], bit: number): number {
  return costs.reduce((effect, cost, changed) => {
    if ((changed & bit) !== 0) return effect
    return effect + (orders[bits(changed)] ?? 0) * ((costs[changed | bit] ?? 0) - cost)
  }, 0)
}

/** Share of the orders in which so many drivers come before a given one, each way of choosing them apart. */
const orders: readonly number[] = costDrivers.map(
  (_, before) =>
    (factorial(before) * factorial(costDrivers.length - before - 1)) / factorial(costDrivers.length),
)

function factorial(count: number): number {
  return count < 2 ? 1 : count * factorial(count - 1)
}

function bits(set: number): number {
  return set === 0 ? 0 : (set & 1) + bits(set >> 1)
}
