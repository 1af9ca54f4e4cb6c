import type { z } from 'zod'
import type { RecommendationsView, recommendationsQuery } from '#lib/contracts/cost-advice'
import { listCapacityChanges, type SizedForAdvice } from '#lib/costs/list-capacity-changes'
import { listChanges, type TierTarget } from '#lib/costs/list-changes'
import { findPrice, type PriceBook } from '#lib/costs/price-book'
import { unitHourPicoUsd } from '#lib/costs/provisioned-throughput'
import { recommendSavings } from '#lib/costs/savings-change'
import { dayMs } from '#lib/costs/utc-day'
import { capacitySizes, provisionedSkus } from '#lib/deployments/capacity-sizes'
import type { Catalog } from '#lib/deployments/catalog'
import { dearestAccounts, readAdviceRows, readDeploymentHours } from '#server/costs/advice-rows'
import type { Database } from '#server/db/database'

export interface RecommendationParts {
  db: Pick<Database, 'pool'>
  catalog: Catalog
  book: PriceBook
  nowMs: number
}

/** Without an account these are looked at: a scan of all ledger rows would be no small thing. */
const accountsLookedAt = 5
const evidenceShown = 5

/** What would have cost less over the last whole days, by re-pricing the rows themselves. */
export async function readRecommendations(
  { db, catalog, book, nowMs }: RecommendationParts,
  { account, days, minimumShareBps, keepTokens }: z.infer<typeof recommendationsQuery>,
): Promise<RecommendationsView> {
  const span = { fromMs: nowMs - days * dayMs, toMs: nowMs }
  const accounts = account ? [account] : await dearestAccounts(db, { ...span, count: accountsLookedAt })
  const context = { book, nowMs, tiers: tierTargets(catalog), keepTokens }
  const changes = []
  for (const accountId of accounts) {
    changes.push(...listChanges(await readAdviceRows(db, { ...span, accountId, keepTokens }), context))
  }
  const hours = await readDeploymentHours(db, { ...span, accountId: account ?? null })
  changes.push(
    ...listCapacityChanges(hours, {
      book,
      nowMs,
      spanHours: days * 24,
      deployments: sizedDeployments({ catalog, book, nowMs }),
    }),
  )
  return {
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    accounts,
    changesCompared: changes.length,
    recommendations: recommendSavings(changes, { minimumShareBps, spanDays: days }).map((found) => ({
      ...found,
      nowPicoUsd: String(found.nowPicoUsd),
      thenPicoUsd: String(found.thenPicoUsd),
      savingPicoUsd: String(found.savingPicoUsd),
      savingPerMonthPicoUsd: String(found.savingPerMonthPicoUsd),
      evidence: [...found.evidence]
        .sort((a, b) => (a.nowPicoUsd > b.nowPicoUsd ? -1 : 1))
        .slice(0, evidenceShown)
        .map((row) => ({ ...row, nowPicoUsd: String(row.nowPicoUsd), thenPicoUsd: String(row.thenPicoUsd) })),
      evidenceRows: found.evidence.length,
    })),
  }
}

/** The first deployment of each tier's chain. */
function tierTargets(catalog: Catalog): TierTarget[] {
  return [...catalog.tiers.values()].flatMap(({ name, chain }) => {
    const deployment = catalog.deployments.get(chain[0]?.[0] ?? '')
    if (!deployment) return []
    const { id, provider, model, contextTokens } = deployment
    return [{ tier: name, provider, deploymentId: id, model, contextTokens }]
  })
}

function sizedDeployments({ catalog, book, nowMs }: Omit<RecommendationParts, 'db'>): SizedForAdvice[] {
  return [...catalog.deployments.values()]
    .filter(({ provider }) => provider === 'azure-openai')
    .map(({ id, provider, model, capacity, scaling }) => {
      const price = findPrice(book, { provider, model, atMs: nowMs })
      const sku = provisionedSkus.find((known) => known === scaling?.sku) ?? null
      return {
        deploymentId: id,
        ptu: capacity?.ptu ?? 0,
        sizes: capacitySizes({ model, unit: 'PTU', sku, unitStep: null }),
        unitHourPicoUsd: price?.ptuHourPicoUsd ?? unitHourPicoUsd[sku ?? 'ProvisionedManaged'],
      }
    })
}
