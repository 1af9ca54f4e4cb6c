/** What one provisioned throughput unit serves a minute. */
export interface UnitThroughput {
  inputTokensPerMinute: number
  /** How many input tokens one output token counts as. Cached input counts nothing. */
  outputWeight: number
}

/**
 * By model. Source: Microsoft's provisioned throughput sizing guide (how-to/provisioned-throughput-sizing), as of
 * 2026-05-21.
 */
const throughput: Readonly<Record<string, UnitThroughput>> = {
  'gpt-4o': { inputTokensPerMinute: 2_500, outputWeight: 4 },
  'gpt-4o-mini': { inputTokensPerMinute: 37_000, outputWeight: 4 },
  'gpt-4.1': { inputTokensPerMinute: 3_000, outputWeight: 4 },
  'gpt-4.1-mini': { inputTokensPerMinute: 14_900, outputWeight: 4 },
  'gpt-4.1-nano': { inputTokensPerMinute: 59_400, outputWeight: 4 },
  'gpt-5': { inputTokensPerMinute: 4_750, outputWeight: 8 },
  'gpt-5.1': { inputTokensPerMinute: 4_750, outputWeight: 8 },
  'gpt-5-mini': { inputTokensPerMinute: 23_750, outputWeight: 8 },
  'gpt-5.2': { inputTokensPerMinute: 3_400, outputWeight: 8 },
  'gpt-5.4': { inputTokensPerMinute: 2_400, outputWeight: 6 },
  'gpt-5.5': { inputTokensPerMinute: 1_200, outputWeight: 6 },
}

/** Null for a model that is not sold by throughput, or not known to be. */
export function unitThroughput(model: string): UnitThroughput | null {
  return throughput[model.replace(/-\d{4}-\d{2}-\d{2}$/, '')] ?? null
}

/** Pico-USD per unit and hour by SKU. Source: Azure's retail price list, as read in February 2026. */
export const unitHourPicoUsd = {
  GlobalProvisionedManaged: 1_000_000_000_000n,
  DataZoneProvisionedManaged: 1_100_000_000_000n,
  ProvisionedManaged: 2_000_000_000_000n,
} as const
