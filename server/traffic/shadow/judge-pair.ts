import { bucketOf } from '#lib/gateway/hash-unit'
import { asItems, asRecord, asText } from '#lib/gateway/json-fields'
import { noUsage } from '#lib/gateway/usage'
import { comparedText } from '#lib/migration/compare-answers'
import { judgeMessages, type PairScores, readScores } from '#lib/traffic/judge-prompt'
import { priceUsage } from '#server/gateway/price-usage'
import { createAskVersion } from '#server/models/ask-version'
import { besideCallers, shadowOperation } from '#server/traffic/shadow/mirror-run'
import type { MirrorOrder } from '#server/traffic/shadow/mirrors'
import type { Spender } from '#server/traffic/shadow/shadow-budget'

/** What the judge reads of the request and of each answer. */
const readCharacters = 4_000
/** Its instructions and the little that it says, in tokens, with room. */
const instructionTokens = 300
const answerTokens = 600

export interface JudgeAsked {
  baseline: unknown
  candidate: unknown
  /** Decides which answer is named first. */
  pairId: string
  spender: Spender
  signal: AbortSignal
}

/**
 * Has the plan's judge score both answers without knowing whose they are, out of the rollout's cap. Null where the plan names no
 * judge, a side has no text, a region is required, there is no money left, or the judge said nothing that can be read.
 */
export async function judgePair(
  { run, body, shadow }: MirrorOrder,
  { baseline, candidate, pairId, spender, signal }: JudgeAsked,
): Promise<{ scores: PairScores | null; picoUsd: bigint }> {
  const nobody = { scores: null, picoUsd: 0n }
  const texts = [comparedText(baseline), comparedText(candidate)].map((text) =>
    text?.slice(0, readCharacters),
  )
  const [one, other] = texts
  if (shadow.judgeTier === null || !one || !other || run.plan.requiredRegion !== null) return nobody
  const request = askedText(body.messages).slice(-readCharacters)
  const isSwapped = bucketOf('judge', pairId) < 5_000
  const messages = judgeMessages({ request, first: isSwapped ? other : one, second: isSwapped ? one : other })
  const most = judgePrice(run, shadow.judgeTier, request.length + one.length + other.length)
  if (most === null || (await spender.reserve(most)) !== 'reserved') return nobody
  try {
    const ask = createAskVersion(besideCallers(run.parts), shadowOperation)
    const { correlationId } = run.context
    const answer = await ask.chat({ model: shadow.judgeTier, messages, correlationId, signal })
    const picoUsd = answer.costPicoUsd ?? most
    await spender.settle(most, picoUsd)
    return { scores: readScores(answer.text, isSwapped), picoUsd }
  } catch {
    // Its row in the ledger says what failed. A call that was given up in the middle may have cost something.
    if (!signal.aborted) await spender.settle(most, 0n)
    return nobody
  }
}

/** The last thing that the request says in words. */
function askedText(messages: MirrorOrder['body']['messages']): string {
  const { content } = messages.findLast(({ role }) => role === 'user') ?? { content: '' }
  if (typeof content === 'string') return content
  return asItems(content)
    .map((part) => asText(asRecord(part)?.text))
    .join('\n')
}

/** At the dearest deployment that may be asked; null where one has no price. A character is no more than two tokens. */
function judgePrice({ parts }: MirrorOrder['run'], tierName: string, characters: number): bigint | null {
  const catalog = parts.catalog()
  const tier = catalog.tiers.get(tierName)
  const usage = {
    ...noUsage,
    inputTokens: characters * 2 + instructionTokens,
    outputTokens: answerTokens,
  }
  const prices = [...(tier?.chain ?? []), ...(tier?.legacy ?? [])].flat().map((id) => {
    const deployment = catalog.deployments.get(id)
    if (!deployment) return null
    const { provider, model } = deployment
    const what = { provider, model, atMs: parts.clock.nowMs(), purchase: 'chat' as const }
    return priceUsage(parts.priceBook(), usage, what).costPicoUsd
  })
  const known = prices.filter((price) => price !== null)
  if (known.length < prices.length) return null
  return known.toSorted((a, b) => (a < b ? 1 : -1))[0] ?? null
}
