/**
 * What of an entry is hashed, in this order: `position`, account, `at` in milliseconds since 1970, action, outcome,
 * actor, subject, resource, correlation id, model, input tokens, output tokens, cost in pico-USD, before, after, reason.
 * Everything as text, numbers in decimal digits; null where the column is.
 */
export type EntryRow = readonly (string | null)[]

/** Names of an entry's fields as exports name them, in the order of `EntryRow`. */
export const entryFields = [
  'position',
  'accountId',
  'atMs',
  'action',
  'outcome',
  'actor',
  'subject',
  'resource',
  'correlationId',
  'model',
  'inputTokens',
  'outputTokens',
  'costPicoUsd',
  'before',
  'after',
  'reason',
] as const

/** The JSON text that is hashed: an array of the sequence and the fields, so that no two entries have the same. */
export function entryText(sequence: number, row: EntryRow): string {
  return `[${sequence},${JSON.stringify(row).slice(1)}`
}
