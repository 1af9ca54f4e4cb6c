import type { ModelPrice } from '#lib/costs/price-book'

/** What a price book has prices for; tokens in USD per million, provisioned throughput in USD per unit and hour. */
export const priceKinds = {
  input: { field: 'inputPicoUsd', label: 'Input', places: 6 },
  cachedInput: { field: 'cachedInputPicoUsd', label: 'Cached input', places: 6 },
  cacheWrite: { field: 'cacheWritePicoUsd', label: 'Cache write', places: 6 },
  output: { field: 'outputPicoUsd', label: 'Output', places: 6 },
  reasoning: { field: 'reasoningPicoUsd', label: 'Reasoning', places: 6 },
  embedding: { field: 'embeddingPicoUsd', label: 'Embedding', places: 6 },
  batchInput: { field: 'batchInputPicoUsd', label: 'Batch input', places: 6 },
  batchOutput: { field: 'batchOutputPicoUsd', label: 'Batch output', places: 6 },
  training: { field: 'trainingPicoUsd', label: 'Training', places: 6 },
  ptuHour: { field: 'ptuHourPicoUsd', label: 'PTU-hour', places: 12 },
} as const satisfies Record<string, { field: keyof ModelPrice; label: string; places: 6 | 12 }>

export type PriceKind = keyof typeof priceKinds

export const priceKindNames = Object.keys(priceKinds) as PriceKind[]

export function isPriceKind(name: string): name is PriceKind {
  return Object.hasOwn(priceKinds, name)
}
