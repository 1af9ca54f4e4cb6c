import type { PoolClient } from 'pg'
import type { EntryRow } from '#lib/audit/entry-text'

/** The columns of an `EntryRow` as they are hashed. */
export const entryColumns = `position, account_id, (date_part('epoch', at) * 1000)::bigint, action, outcome, actor,
  subject, resource, correlation_id, model, input_tokens::text, output_tokens::text, cost_pico_usd, before, after, reason`

/** Entries with positions in (`after`, `upTo`], in the order of the chain, at most `limit` of them. */
export async function readEntryRows(
  db: Pick<PoolClient, 'query'>,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<EntryRow[]> {
  const { rows } = await db.query<(string | null)[]>({
    text: `SELECT ${entryColumns} FROM audit_entries WHERE position > $1 AND position <= $2
      ORDER BY position, audit_entries.at LIMIT $3`,
    values: [after, upTo, limit],
    rowMode: 'array',
  })
  return rows
}

/** The position of a row. */
export function positionOf(row: EntryRow | undefined): number {
  return Number(row?.[0] ?? 0)
}
