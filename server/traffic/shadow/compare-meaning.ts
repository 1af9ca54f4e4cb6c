import { noUsage } from '#lib/gateway/usage'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { priceUsage } from '#server/gateway/price-usage'
import { createAskVersion } from '#server/models/ask-version'
import { besideCallers, shadowOperation } from '#server/traffic/shadow/mirror-run'
import type { MirrorOrder } from '#server/traffic/shadow/mirrors'
import type { Spender } from '#server/traffic/shadow/shadow-budget'

/** What is compared of a text: about what the shortest embedding model takes. */
const comparedCharacters = 6_000
/** No tokenizer makes more of a character. */
const tokensPerCharacter = 3

export interface MeaningAsked {
  texts: readonly [string | null, string | null]
  spender: Spender
  signal: AbortSignal
}

/**
 * 1 − cosine of the embeddings of both texts, by the catalog's embedding chain and out of the rollout's cap. Null where there
 * is nothing to compare, nobody to ask, a required region or no money left; equal texts are asked about by nobody.
 */
export async function distanceOf(
  { run, shadow }: MirrorOrder,
  { texts: [one, other], spender, signal }: MeaningAsked,
): Promise<{ distance: number | null; picoUsd: bigint }> {
  const unknown = { distance: null, picoUsd: 0n }
  if (!shadow.embeddings || one === null || other === null || run.plan.requiredRegion !== null) return unknown
  if (one === other) return { distance: 0, picoUsd: 0n }
  const texts = [one.slice(0, comparedCharacters), other.slice(0, comparedCharacters)] as const
  const most = embeddingPrice(run.parts, (texts[0].length + texts[1].length) * tokensPerCharacter)
  if (most === null || (await spender.reserve(most)) !== 'reserved') return unknown
  try {
    const ask = createAskVersion(besideCallers(run.parts), shadowOperation)
    const { correlationId } = run.context
    const { cosine, costPicoUsd } = await ask.compare(texts, { correlationId, signal })
    const picoUsd = costPicoUsd ?? most
    await spender.settle(most, picoUsd)
    return { distance: 1 - cosine, picoUsd }
  } catch {
    // Its row in the ledger says what failed. A call that was given up in the middle may have cost something.
    if (!signal.aborted) await spender.settle(most, 0n)
    return unknown
  }
}

/** Null without an embedding chain, or a price of its first deployment. */
function embeddingPrice(parts: GatewayParts, inputTokens: number): bigint | null {
  const catalog = parts.catalog()
  const deployment = catalog.deployments.get(catalog.embeddings?.chain.flat()[0] ?? '')
  if (!deployment) return null
  const { provider, model } = deployment
  const what = { provider, model, atMs: parts.clock.nowMs(), purchase: 'embeddings' as const }
  return priceUsage(parts.priceBook(), { ...noUsage, inputTokens }, what).costPicoUsd
}
