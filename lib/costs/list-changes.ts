import type { AdviceRow, TokenSums } from '#lib/costs/advice-row'
import { computeCost, priceFor } from '#lib/costs/compute-cost'
import { findPrice, type ModelPrice, type PriceBook } from '#lib/costs/price-book'
import type { ChangeEvidence, SavingsChange, SavingsKind } from '#lib/costs/savings-change'

/** Where a tier's requests go first. */
export interface TierTarget {
  tier: string
  provider: string
  deploymentId: string
  model: string
  contextTokens: number | null
}

export interface AdviceContext {
  book: PriceBook
  nowMs: number
  tiers: readonly TierTarget[]
  /** Input to which the truncated sums were cut. */
  keepTokens: number
}

/**
 * Every change of tier, caching, batching and prompt length that could be made to these rows, re-priced at the prices
 * that hold at `nowMs`. Rows whose model has no price then are left out: nothing can be said of them.
 */
export function listChanges(rows: readonly AdviceRow[], context: AdviceContext): SavingsChange[] {
  const priced = rows.flatMap((row) => {
    const price = findPrice(context.book, { provider: row.provider, model: row.model, atMs: context.nowMs })
    const asBought = price && priceFor(price, row.kind)
    return asBought ? [{ row, price: asBought }] : []
  })
  const groups = Map.groupBy(priced, ({ row }) => `${row.accountId} ${row.operation} ${row.tier} ${row.kind}`)
  return [...groups.values()].flatMap((group) => [
    ...context.tiers.flatMap((target) => cheaperTier(group, target, context)),
    ...promptCaching(group),
    ...batching(group),
    ...truncation(group, context.keepTokens),
  ])
}

interface PricedRow {
  row: AdviceRow
  price: ModelPrice
}

function cheaperTier(
  group: readonly PricedRow[],
  target: TierTarget,
  context: AdviceContext,
): SavingsChange[] {
  const price = findPrice(context.book, { ...target, atMs: context.nowMs })
  const fits = ({ row }: PricedRow) =>
    target.contextTokens === null || row.maxInputTokens + outputRoom(row) <= target.contextTokens
  const concerned = group.filter(
    ({ row }) => row.kind === 'chat' && row.tier !== target.tier && row.tier !== '',
  )
  if (!price || concerned.length === 0 || !concerned.every(fits)) return []
  return toChange(concerned, {
    kind: 'cheaper_tier',
    detail: target.tier,
    title: (operation, tier) => `Ask ${target.tier} (${target.model}) instead of ${tier} for ${operation}`,
    assumption: `The same tokens at the price of ${target.model}. Compare the answers before you change it.`,
    href: () => `/playground?${new URLSearchParams({ model: target.tier })}`,
    // No cached share is promised on a model whose cache these requests have not seen.
    changed: ({ row }) => cost({ ...row, cachedInputTokens: 0, cacheWriteTokens: 0 }, price),
  })
}

/** Room for an answer of the length that these requests had. */
function outputRoom(row: AdviceRow): number {
  return Math.ceil(row.outputTokens / Math.max(1, row.requests))
}

function promptCaching(group: readonly PricedRow[]): SavingsChange[] {
  const concerned = group.filter(
    ({ row, price }) =>
      price.cachedInputPicoUsd < price.inputPicoUsd &&
      row.whenCached.cachedInputTokens > row.cachedInputTokens,
  )
  return toChange(concerned, {
    kind: 'prompt_caching',
    detail: '',
    title: (operation, tier) =>
      `Keep the beginning of prompts the same within a session: ${operation} (${tier})`,
    assumption:
      'Each request finds what the one before it in the session sent, if at most five minutes have passed and it is at least 1,024 tokens.',
    href: rowsHref,
    changed: ({ row, price }) => {
      const { cachedInputTokens, cacheWriteTokens } = row.whenCached
      const written = price.cacheWritePicoUsd === null ? 0 : cacheWriteTokens
      return cost({ ...row, cachedInputTokens, cacheWriteTokens: written }, price)
    },
  })
}

function batching(group: readonly PricedRow[]): SavingsChange[] {
  const concerned = group.filter(
    ({ row, price }) => row.deferrable && row.kind === 'chat' && priceFor(price, 'batch') !== null,
  )
  return toChange(concerned, {
    kind: 'batch',
    detail: '',
    title: (operation, tier) => `Send ${operation} (${tier}) as a batch`,
    assumption:
      'If their answers may take up to 24 hours: these requests were neither streamed nor part of a session. Nothing is cached in a batch.',
    href: rowsHref,
    changed: ({ row, price }) => cost(row, priceFor(price, 'batch') ?? price),
  })
}

function truncation(group: readonly PricedRow[], keepTokens: number): SavingsChange[] {
  const concerned = group.filter(({ row }) => row.whenTruncated.requests > 0)
  return toChange(concerned, {
    kind: 'truncation',
    detail: String(keepTokens),
    title: (operation, tier) =>
      `Cut prompts of ${operation} (${tier}) to ${keepTokens.toLocaleString('en-US')} tokens`,
    assumption: 'What is kept is paid as fresh input: cutting moves the beginning that a cache would know.',
    href: rowsHref,
    changed: ({ row, price }) =>
      cost(
        { ...row, inputTokens: row.whenTruncated.inputTokens, cachedInputTokens: 0, cacheWriteTokens: 0 },
        price,
      ),
  })
}

function rowsHref(row: AdviceRow): string {
  const { operation, tier, accountId } = row
  return `/requests?${new URLSearchParams({ operation, ...(tier && { tier }), accountId, range: '7d' })}`
}

interface ChangeWords {
  kind: SavingsKind
  detail: string
  title(operation: string, tier: string): string
  assumption: string
  href(row: AdviceRow): string
  changed(row: PricedRow): bigint
}

function toChange(concerned: readonly PricedRow[], words: ChangeWords): SavingsChange[] {
  const [first] = concerned
  if (!first) return []
  const { accountId, operation, tier, kind: rowKind } = first.row
  const evidence = concerned.map(
    (priced): ChangeEvidence => ({
      ...evidenceOf(priced.row),
      nowPicoUsd: cost(priced.row, priced.price),
      thenPicoUsd: words.changed(priced),
    }),
  )
  return [
    {
      kind: words.kind,
      id: [words.kind, accountId, operation, tier, rowKind, words.detail].join('/'),
      title: words.title(operation, tier || 'no tier'),
      assumption: words.assumption,
      href: words.href(first.row),
      nowPicoUsd: evidence.reduce((sum, { nowPicoUsd }) => sum + nowPicoUsd, 0n),
      thenPicoUsd: evidence.reduce((sum, { thenPicoUsd }) => sum + thenPicoUsd, 0n),
      evidence,
    },
  ]
}

function evidenceOf(row: AdviceRow): Omit<ChangeEvidence, 'nowPicoUsd' | 'thenPicoUsd'> {
  const { accountId, operation, tier, deploymentId, model, requests } = row
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = row
  return {
    ...{ accountId, operation, tier, deploymentId, model, requests },
    ...{ inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens },
  }
}

function cost(tokens: TokenSums, price: ModelPrice): bigint {
  return computeCost({ ...tokens, source: 'provider' }, price)
}
