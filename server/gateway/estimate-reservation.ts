import type { RoutePlan } from '#lib/gateway/route-plan'
import type { Usage } from '#lib/gateway/usage'
import { noUsage } from '#lib/gateway/usage'
import type { GatewayParts } from '#server/gateway/gateway-parts'
import { priceUsage } from '#server/gateway/price-usage'
import type { QuotaAmounts } from '#server/quotas/slot-demands'

/** Longer texts are counted by a part of them: a count may not hold up everybody's streams. */
const countedChars = 16_384
/** On top of what the part says, since the rest may be denser. */
const margin = 1.1

/** What a request brings for its estimate. */
export interface EstimateRequest {
  /** Tokens of the prompt, by the counter given. */
  promptUsage(
    counter: Pick<GatewayParts, 'countTokens'>,
    asked: { model: string; plan: RoutePlan },
  ): Promise<Usage>
  kind: 'chat' | 'embeddings'
  /** Answers asked for. */
  choices: number
}

/** The most that a request may use: its prompt and as many tokens as it may generate, at the dearest of its candidates. */
export async function estimateReservation(
  parts: GatewayParts,
  plan: RoutePlan,
  { request, atMs }: { request: EstimateRequest; atMs: number },
): Promise<QuotaAmounts> {
  const { deployments } = parts.catalog()
  const candidates = plan.candidates.flatMap(({ deploymentId }) => deployments.get(deploymentId) ?? [])
  const counter = { countTokens: (text: string, model: string) => countQuickly(parts, text, model) }
  const { inputTokens } = await request.promptUsage(counter, {
    model: candidates[0]?.model ?? '',
    plan,
  })
  const usage = {
    ...noUsage,
    inputTokens,
    outputTokens: (plan.limits.maxOutputTokens ?? 0) * request.choices,
  }
  let costPicoUsd = 0n
  for (const { provider, model } of candidates) {
    const cost =
      priceUsage(parts.priceBook(), usage, { provider, model, atMs, purchase: request.kind }).costPicoUsd ??
      0n
    if (cost > costPicoUsd) costPicoUsd = cost
  }
  return { tokens: BigInt(inputTokens + usage.outputTokens), costPicoUsd }
}

async function countQuickly(
  parts: Pick<GatewayParts, 'countTokens'>,
  text: string,
  model: string,
): Promise<number> {
  if (text.length <= countedChars) return parts.countTokens(text, model)
  const part = await parts.countTokens(text.slice(0, countedChars), model)
  return Math.ceil(part * (text.length / countedChars) * margin)
}
