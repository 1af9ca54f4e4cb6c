import { LRUCache } from 'lru-cache'
import { bootstrapKeyIds } from '#server/access/bootstrap-key-ids'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import type { Database } from '#server/db/database'

/** Finds the ids of the console's users and of API keys behind pseudonyms, as far as they are known. */
export type KnownActors = (actors: readonly (string | null)[]) => Promise<ReadonlyMap<string, string>>

interface Parts {
  db: Pick<Database, 'pool'>
  pseudonyms: Pseudonyms
}

/** Lookups are one-way: ids are tried, the newest first, so many at a time, until every wanted one is found. */
const triedAtOnce = 500
const rememberedActors = 10_000
/** Who is not found (deleted, or a key of an earlier environment) is not looked for again so soon. */
const unknownForMs = 60_000

const tables = { user: 'users', api_key: 'api_keys' } as const
type ActorKind = keyof typeof tables

/** Remembers whom it has found: an id never changes, and an erased person has no pseudonym by which they would be asked for. */
export function createKnownActors({ db, pseudonyms }: Parts): KnownActors {
  const idOf = new LRUCache<string, string>({ max: rememberedActors })
  const unknown = new LRUCache<string, true>({ max: rememberedActors, ttl: unknownForMs })
  const note = (kind: ActorKind, id: string) => {
    for (const lookup of pseudonyms.lookups({ kind, id })) idOf.set(lookup, id)
  }

  async function findIds(kind: ActorKind, lookups: readonly string[]): Promise<void> {
    const missing = () => lookups.some((lookup) => !idOf.has(lookup))
    let before: { at: string; id: string } | null = null
    while (missing()) {
      const page: { id: string; at: string }[] = await readIds(db, kind, before)
      for (const { id } of page) note(kind, id)
      if (page.length < triedAtOnce) break
      before = page.at(-1) ?? null
    }
    for (const lookup of lookups) if (!idOf.has(lookup)) unknown.set(lookup, true)
  }

  return async (actors) => {
    const wanted = [...new Set(actors.filter((actor) => actor !== null))]
    if (wanted.length === 0) return new Map()
    const { rows } = await db.pool.query<{ pseudonym: string; lookup: string }>(
      'SELECT pseudonym, lookup FROM audit_subjects WHERE pseudonym = ANY($1::text[])',
      [wanted],
    )
    for (const id of Object.values(bootstrapKeyIds)) note('api_key', id)
    const open = rows
      .map(({ lookup }) => lookup)
      .filter((lookup) => !idOf.has(lookup) && !unknown.has(lookup))
    for (const kind of ['user', 'api_key'] as const) {
      const ofKind = open.filter((lookup) => lookup.startsWith(`${kind}:`))
      if (ofKind.length > 0) await findIds(kind, ofKind)
    }
    return new Map(
      rows.flatMap(({ pseudonym, lookup }) => {
        const id = idOf.get(lookup)
        return id === undefined ? [] : [[pseudonym, id] as const]
      }),
    )
  }
}

async function readIds(
  db: Pick<Database, 'pool'>,
  kind: ActorKind,
  before: { at: string; id: string } | null,
): Promise<{ id: string; at: string }[]> {
  const older = before === null ? '' : 'WHERE (created_at, id) < ($2::timestamptz, $3)'
  const { rows } = await db.pool.query<{ id: string; at: string }>(
    `SELECT id, created_at::text AS at FROM ${tables[kind]} ${older} ORDER BY created_at DESC, id DESC LIMIT $1`,
    before === null ? [triedAtOnce] : [triedAtOnce, before.at, before.id],
  )
  return rows
}
