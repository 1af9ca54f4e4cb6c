import type { ProvisionedCosts } from '#lib/contracts/costs'
import { amortisePtu } from '#lib/costs/amortise-ptu'
import { findPrice } from '#lib/costs/price-book'
import { ptuUtilisation } from '#lib/costs/ptu-utilisation'
import { type CostFigures, readCostFigures } from '#server/costs/read-cost-report'
import type { Container } from '#server/create-container'
import type { Database } from '#server/db/database'

const hourMs = 3_600_000
const longestHoursMs = 60 * 24 * hourMs

type Parts = Pick<Container, 'db' | 'catalog' | 'prices' | 'clock'>

/**
 * Every provisioned deployment's cost over a span (this month unless told), spread over the operations that it served,
 * beside what the ledger says of the same by the token, and how full it was. Counts with the units that the catalog has now
 * and the hours up to now; a model without a price per unit and hour has no cost.
 */
export async function readProvisionedCosts(
  { db, catalog, prices, clock }: Parts,
  span: { fromMs: number | null; toMs: number | null },
): Promise<ProvisionedCosts> {
  const nowMs = clock.nowMs()
  const costs: ProvisionedCosts = []
  for (const { id, provider, model, capacity } of catalog.current().deployments.values()) {
    const units = capacity?.ptu ?? 0
    if (units === 0) continue
    const whole = {
      filter: { deploymentId: id },
      groupBy: ['operation'] as const,
      granularity: null,
      top: null,
    }
    const figures = await readCostFigures(db, { ...whole, ...span }, nowMs)
    const price = findPrice(prices.current(), { provider, model, atMs: figures.fromMs })
    const spanMs = Math.max(0, Math.min(figures.toMs, nowMs) - figures.fromMs)
    const sized = { model, units, spanMs }
    const peakUtilisation = await busiestHour(db, { deploymentId: id, figures, nowMs, ...sized })
    costs.push({
      ...{ deploymentId: id, model, units, hours: spanMs / hourMs, peakUtilisation },
      requests: figures.totals.requests,
      payAsYouGoPicoUsd: figures.totals.costPicoUsd.toString(),
      ...amortised(figures, { ...sized, ptuHourPicoUsd: price?.ptuHourPicoUsd ?? null }),
    })
  }
  return costs
}

interface Sized {
  model: string
  units: number
  spanMs: number
}

function amortised(
  figures: CostFigures,
  { ptuHourPicoUsd, ...sized }: Sized & { ptuHourPicoUsd: bigint | null },
) {
  const served = figures.rows.map((row) => ({
    name: row.group?.operation ?? '',
    requests: row.requests,
    payAsYouGoPicoUsd: row.costPicoUsd,
  }))
  const sums = ptuHourPicoUsd === null ? null : amortisePtu({ ...sized, ptuHourPicoUsd, served })
  const utilisation = ptuUtilisation({ ...sized, ...figures.totals })
  const breakEvenRatio = sums?.breakEvenRatio ?? null
  return {
    fixedPicoUsd: sums?.fixedPicoUsd.toString() ?? null,
    ...{ breakEvenRatio, utilisation },
    breakEvenUtilisation:
      utilisation === null || breakEvenRatio === null ? null : utilisation * breakEvenRatio,
    operations: (sums?.shares ?? []).map((share) => ({
      operation: share.name,
      requests: share.requests,
      payAsYouGoPicoUsd: share.payAsYouGoPicoUsd.toString(),
      amortisedPicoUsd: share.amortisedPicoUsd.toString(),
    })),
  }
}

/** Hours are told apart over two months at most. */
async function busiestHour(
  db: Pick<Database, 'pool' | 'kind'>,
  { deploymentId, figures: { fromMs, toMs }, nowMs, ...sized }: Sized & Asked,
): Promise<number | null> {
  const request = { filter: { deploymentId }, groupBy: [], granularity: 'hour' as const, top: null }
  const recentMs = Math.max(fromMs, toMs - longestHoursMs)
  const { rows } = await readCostFigures(db, { ...request, fromMs: recentMs, toMs }, nowMs)
  const shares = rows.flatMap((row) => ptuUtilisation({ ...sized, ...row, spanMs: hourMs }) ?? [])
  return shares.length === 0 ? null : Math.max(...shares)
}

interface Asked {
  deploymentId: string
  figures: CostFigures
  nowMs: number
}
