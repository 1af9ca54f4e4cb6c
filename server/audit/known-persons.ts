import { bootstrapKeyIds } from '#server/access/bootstrap-key-ids'
import type { Pseudonyms, Subject, SubjectKind } from '#server/audit/pseudonyms'
import type { Database } from '#server/db/database'

interface Parts {
  db: Pick<Database, 'pool'>
  pseudonyms: Pseudonyms
}

/** The pseudonyms of a person, under every key; none when there are none, or they were erased. */
export async function pseudonymsOf(
  { db, pseudonyms }: Parts,
  subjects: readonly Subject[],
): Promise<string[]> {
  const { rows } = await db.pool.query<{ pseudonym: string }>(
    'SELECT DISTINCT pseudonym FROM audit_subjects WHERE lookup = ANY($1::text[])',
    [subjects.flatMap((subject) => pseudonyms.lookups(subject))],
  )
  return rows.map(({ pseudonym }) => pseudonym)
}

/** What a person writes into a filter: a pseudonym as it is, else the pseudonyms of whoever has that id. */
export async function pseudonymsNamed(
  parts: Parts,
  { name, kinds }: { name: string; kinds: readonly SubjectKind[] },
): Promise<string[]> {
  if (/^sub_[0-9a-f]{24}$/.test(name)) return [name]
  return pseudonymsOf(
    parts,
    kinds.map((kind) => ({ kind, id: name })),
  )
}

const environmentKeys = Object.values(bootstrapKeyIds).map((id) => ({ kind: 'api_key', id }) as const)

/** Ids of the console's users and of API keys behind pseudonyms, as far as they are known. */
export async function actorsBehind(
  { db, pseudonyms }: Parts,
  actors: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(actors.filter((actor) => actor !== null))]
  if (wanted.length === 0) return new Map()
  const found = await db.pool.query<{ pseudonym: string; lookup: string }>(
    'SELECT pseudonym, lookup FROM audit_subjects WHERE pseudonym = ANY($1::text[])',
    [wanted],
  )
  const people = await db.pool.query<{ kind: SubjectKind; id: string }>(
    `SELECT 'user' AS kind, id FROM users UNION ALL SELECT 'api_key', id FROM api_keys`,
  )
  const idOf = new Map(
    [...people.rows, ...environmentKeys].flatMap(({ kind, id }) =>
      pseudonyms.lookups({ kind, id }).map((lookup) => [lookup, id]),
    ),
  )
  return new Map(
    found.rows.flatMap(({ pseudonym, lookup }) => {
      const id = idOf.get(lookup)
      return id === undefined ? [] : [[pseudonym, id] as const]
    }),
  )
}
