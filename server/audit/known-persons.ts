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
