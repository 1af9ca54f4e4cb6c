import type { PoolClient } from 'pg'

/** The fields of an `EntryRow` as they are hashed, each as text. */
const fields = `position::text, account_id, (date_part('epoch', at) * 1000)::bigint::text, action, outcome, actor, subject,
  resource, correlation_id, model, input_tokens::text, output_tokens::text, cost_pico_usd::text, before, after, reason`

/** Lines of one field, as a power of two: one field an entry costs the driver more, one for all Postgres' memory. */
const entriesPerFieldBits = 7

/**
 * Entries with positions in (`after`, `upTo`], in the order of the chain, at most `limit` of them, as `entryText` writes
 * them: the database makes the JSON from the stored columns. They come as lines of a few fields, since JSON has no line
 * breaks.
 */
export async function readEntryTexts(
  db: Pick<PoolClient, 'query'>,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ entries: string }>(
    `SELECT string_agg(entry, chr(10) ORDER BY position, at) AS entries FROM (
       SELECT position, at, array_to_json(ARRAY[${fields}]::text[])::text AS entry
       FROM audit_entries WHERE position > $1 AND position <= $2
       ORDER BY position, audit_entries.at LIMIT $3) AS ordered
     GROUP BY position >> ${entriesPerFieldBits} ORDER BY position >> ${entriesPerFieldBits}`,
    [after, upTo, limit],
  )
  return rows.flatMap(({ entries }) => entries.split('\n'))
}

/** The position of an entry. */
export function positionOf(entry: string | undefined): number {
  return entry === undefined ? 0 : Number.parseInt(entry.slice('["'.length), 10)
}
