import type { PoolClient } from 'pg'

/** Every table of ours, partitions not counted, each after the tables its foreign keys point to. */
export async function listTables(client: Pick<PoolClient, 'query'>): Promise<string[]> {
  const tables = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
  )
  const references = await client.query<{ child: string; parent: string }>(
    `SELECT child.relname AS child, parent.relname AS parent FROM pg_constraint
     JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
     WHERE contype = 'f' AND conrelid <> confrelid`,
  )
  const parentsOf = Map.groupBy(references.rows, (row) => row.child)
  const ordered = new Set<string>()
  const visit = (name: string, path: readonly string[]) => {
    if (ordered.has(name) || path.includes(name)) return
    for (const { parent } of parentsOf.get(name) ?? []) visit(parent, [...path, name])
    ordered.add(name)
  }
  for (const { name } of tables.rows) visit(name, [])
  return [...ordered]
}

/** A table's columns in order, generated ones left out. */
export async function listColumns(client: Pick<PoolClient, 'query'>, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [quoteName(table)],
  )
  return rows.map((row) => row.name)
}

/** A name as SQL text. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
