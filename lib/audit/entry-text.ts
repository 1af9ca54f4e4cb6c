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

/** An entry's fields as one JSON array without spaces, which is also how the database writes them (`readEntryTexts`). */
export function entryText(row: EntryRow): string {
  return JSON.stringify(row)
}

/** The fields of a text that `entryText` or the database wrote. */
export function entryRow(text: string): EntryRow {
  return JSON.parse(text) as EntryRow
}

/** The text that is hashed: the JSON array of the sequence and the fields, so that no two entries have the same. */
export function hashedText(sequence: number, entry: string): string {
  return `[${sequence},${entry.slice(1)}`
}
