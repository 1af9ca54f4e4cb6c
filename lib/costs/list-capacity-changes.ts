import type { DeploymentHour } from '#lib/costs/advice-row'
import { computeCost } from '#lib/costs/compute-cost'
import { findPrice, type ModelPrice, type PriceBook } from '#lib/costs/price-book'
import { type UnitThroughput, unitThroughput } from '#lib/costs/provisioned-throughput'
import type { ChangeEvidence, SavingsChange } from '#lib/costs/savings-change'
import type { CapacitySizes } from '#lib/deployments/capacity-sizes'

/** A deployment as the catalog has it. */
export interface SizedForAdvice {
  deploymentId: string
  /** Units it has now; 0 = pay-as-you-go. */
  ptu: number
  /** Sizes it could be bought in; null where the model is not sold so. */
  sizes: CapacitySizes | null
  unitHourPicoUsd: bigint
}

export interface CapacityAdviceContext {
  book: PriceBook
  nowMs: number
  spanHours: number
  deployments: readonly SizedForAdvice[]
}

/** Load comes in bursts: of an hour's throughput only this share can be used. */
const usableShare = 0.5

/**
 * For each deployment with pay-as-you-go: the provisioned size that would have cost least, what it cannot serve being
 * paid as you go; for each provisioned one: paying as you go. Units are paid for every hour of the span.
 */
export function listCapacityChanges(
  hours: readonly DeploymentHour[],
  context: CapacityAdviceContext,
): SavingsChange[] {
  const byDeployment = Map.groupBy(hours, ({ deploymentId }) => deploymentId)
  return context.deployments.flatMap((deployment) => {
    const loads = pricedHours(byDeployment.get(deployment.deploymentId) ?? [], context)
    if (loads === null || loads.length === 0) return []
    return deployment.ptu > 0
      ? payAsYouGo(deployment, loads, context)
      : provisioned(deployment, loads, context)
  })
}

interface PricedHour {
  hour: DeploymentHour
  picoUsd: bigint
  /** Tokens as a unit's throughput counts them; null for a model not sold so. */
  load: number | null
  throughput: UnitThroughput | null
}

/** Null when any hour has no price: then nothing can be compared. */
function pricedHours(
  hours: readonly DeploymentHour[],
  { book, nowMs }: CapacityAdviceContext,
): PricedHour[] | null {
  const priced = hours.map((hour) => {
    const price = findPrice(book, { provider: hour.provider, model: hour.model, atMs: nowMs })
    return price && toPriced(hour, price)
  })
  return priced.includes(null) ? null : priced.filter((hour) => hour !== null)
}

function toPriced(hour: DeploymentHour, price: ModelPrice): PricedHour {
  const throughput = unitThroughput(hour.model)
  const load =
    throughput && hour.inputTokens - hour.cachedInputTokens + throughput.outputWeight * hour.outputTokens
  return {
    hour,
    picoUsd: computeCost({ ...hour, source: 'provider' }, price),
    load,
    throughput,
  }
}

function payAsYouGo(
  deployment: SizedForAdvice,
  hours: readonly PricedHour[],
  { spanHours }: CapacityAdviceContext,
): SavingsChange[] {
  const then = total(hours)
  const now = unitsPicoUsd(deployment, { units: deployment.ptu, spanHours })
  return [
    {
      kind: 'pay_as_you_go',
      id: `pay_as_you_go/${deployment.deploymentId}`,
      title: `Pay ${deployment.deploymentId} as you go instead of for ${deployment.ptu} PTU`,
      assumption: 'Its requests at the price per token, against its units in every hour at the hourly price.',
      href: `/deployments?deployment=${encodeURIComponent(deployment.deploymentId)}`,
      nowPicoUsd: now,
      thenPicoUsd: then,
      evidence: evidenceOf(deployment, hours, { now, then }),
    },
  ]
}

function provisioned(
  deployment: SizedForAdvice,
  hours: readonly PricedHour[],
  { spanHours }: CapacityAdviceContext,
): SavingsChange[] {
  const { sizes } = deployment
  if (sizes === null || hours.some(({ load }) => load === null)) return []
  const costAt = (units: number) =>
    unitsPicoUsd(deployment, { units, spanHours }) + overflowPicoUsd(hours, units)
  const units = cheapestSize(sizes, { largest: sizeForPeak(hours), costAt })
  const now = total(hours)
  const then = costAt(units)
  return [
    {
      kind: 'ptu',
      id: `ptu/${deployment.deploymentId}`,
      title: `Provision ${units} PTU for ${deployment.deploymentId}`,
      assumption: `Half of a unit's throughput is used, since load comes in bursts; what goes beyond is paid as you go. Units at the hourly price, without a reservation.`,
      href: `/deployments?deployment=${encodeURIComponent(deployment.deploymentId)}`,
      nowPicoUsd: now,
      thenPicoUsd: then,
      evidence: evidenceOf(deployment, hours, { now, then }),
    },
  ]
}

function sizeForPeak(hours: readonly PricedHour[]): number {
  return Math.max(...hours.map(({ load, throughput }) => (load ?? 0) / hourlyTokens(throughput)))
}

function cheapestSize(
  { minimum, step }: CapacitySizes,
  { largest, costAt }: { largest: number; costAt: (units: number) => bigint },
): number {
  let best = minimum
  for (let units = minimum + step; units < largest + step; units += step) {
    if (costAt(units) < costAt(best)) best = units
  }
  return best
}

function hourlyTokens(throughput: UnitThroughput | null): number {
  return throughput === null ? Number.POSITIVE_INFINITY : throughput.inputTokensPerMinute * 60 * usableShare
}

/** What the part of each hour's load beyond the units costs, rounded up. */
function overflowPicoUsd(hours: readonly PricedHour[], units: number): bigint {
  return hours.reduce((sum, { load, throughput, picoUsd }) => {
    const wanted = Math.ceil(load ?? 0)
    const beyond = Math.max(0, wanted - Math.floor(units * hourlyTokens(throughput)))
    return wanted === 0 ? sum : sum + (picoUsd * BigInt(beyond) + BigInt(wanted - 1)) / BigInt(wanted)
  }, 0n)
}

function unitsPicoUsd(
  { unitHourPicoUsd }: SizedForAdvice,
  { units, spanHours }: { units: number; spanHours: number },
): bigint {
  return unitHourPicoUsd * BigInt(units) * BigInt(Math.max(1, Math.round(spanHours)))
}

function total(hours: readonly PricedHour[]): bigint {
  return hours.reduce((sum, { picoUsd }) => sum + picoUsd, 0n)
}

function evidenceOf(
  { deploymentId }: SizedForAdvice,
  hours: readonly PricedHour[],
  { now, then }: { now: bigint; then: bigint },
): ChangeEvidence[] {
  const sum = (pick: (hour: DeploymentHour) => number) => hours.reduce((all, { hour }) => all + pick(hour), 0)
  return [
    {
      accountId: '',
      operation: '',
      tier: '',
      deploymentId,
      model: hours[0]?.hour.model ?? '',
      requests: sum(({ requests }) => requests),
      inputTokens: sum(({ inputTokens }) => inputTokens),
      cachedInputTokens: sum(({ cachedInputTokens }) => cachedInputTokens),
      cacheWriteTokens: sum(({ cacheWriteTokens }) => cacheWriteTokens),
      outputTokens: sum(({ outputTokens }) => outputTokens),
      reasoningTokens: sum(({ reasoningTokens }) => reasoningTokens),
      nowPicoUsd: now,
      thenPicoUsd: then,
    },
  ]
}
