import { unitThroughput } from '#lib/costs/provisioned-throughput'

export interface PtuLoad {
  model: string
  units: number
  spanMs: number
  inputTokens: number
  /** Part of the input; cached input takes no throughput. */
  cachedInputTokens: number
  outputTokens: number
}

/** Share of what the units could have served over the span; null for a model whose throughput is not known, and without units or time. */
export function ptuUtilisation(load: PtuLoad): number | null {
  const { model, units, spanMs, inputTokens, cachedInputTokens, outputTokens } = load
  const each = unitThroughput(model)
  if (each === null || units <= 0 || spanMs <= 0) return null
  const weighted = inputTokens - cachedInputTokens + outputTokens * each.outputWeight
  return weighted / (units * each.inputTokensPerMinute * (spanMs / 60_000))
}
