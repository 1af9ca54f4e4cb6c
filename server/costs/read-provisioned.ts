import type { ProvisionedCosts } from '#lib/contracts/costs'
import { amortisePtu } from '#lib/costs/amortise-ptu'
import { findPrice } from '#lib/costs/price-book'
import { readCostFigures } from '#server/costs/read-cost-report'
import type { Container } from '#server/create-container'

type Parts = Pick<Container, 'db' | 'catalog' | 'prices' | 'clock'>

/**
 * Every provisioned deployment's cost over a span (this month unless told), spread over the operations that it served,
 * beside what the ledger says of the same by the token. Counts with the units that the catalog has now and the hours up
 * to now; a model without a price per unit and hour has no figures.
 */
export async function readProvisionedCosts(
  { db, catalog, prices, clock }: Parts,
  span: { fromMs: number | null; toMs: number | null },
): Promise<ProvisionedCosts> {
  const nowMs = clock.nowMs()
  const provisioned = [...catalog.current().deployments.values()].filter(
    ({ capacity }) => (capacity?.ptu ?? 0) > 0,
  )
  return Promise.all(
    provisioned.map(async ({ id, provider, model, capacity }) => {
      const units = capacity?.ptu ?? 0
      const figures = await readCostFigures(
        db,
        { filter: { deploymentId: id }, groupBy: ['operation'], granularity: null, top: null, ...span },
        nowMs,
      )
      const each =
        findPrice(prices.current(), { provider, model, atMs: figures.fromMs })?.ptuHourPicoUsd ?? null
      const served = figures.rows.map((row) => ({
        name: row.group?.operation ?? '',
        requests: row.requests,
        payAsYouGoPicoUsd: row.costPicoUsd,
      }))
      const spanMs = Math.max(0, Math.min(figures.toMs, nowMs) - figures.fromMs)
      const sums = each === null ? null : amortisePtu({ units, spanMs, ptuHourPicoUsd: each, served })
      return {
        deploymentId: id,
        model,
        units,
        hours: spanMs / 3_600_000,
        requests: figures.totals.requests,
        payAsYouGoPicoUsd: figures.totals.costPicoUsd.toString(),
        fixedPicoUsd: sums?.fixedPicoUsd.toString() ?? null,
        breakEvenRatio: sums?.breakEvenRatio ?? null,
        operations: (sums?.shares ?? []).map((share) => ({
          operation: share.name,
          requests: share.requests,
          payAsYouGoPicoUsd: share.payAsYouGoPicoUsd.toString(),
          amortisedPicoUsd: share.amortisedPicoUsd.toString(),
        })),
      }
    }),
  )
}
