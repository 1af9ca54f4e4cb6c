import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { ChainState } from '#lib/audit/chain'
import { type Seal, sealText, stateBehind } from '#lib/audit/seal'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'

/** The newest seal, kept outside the database: what it signs cannot be cut off unseen. */
export interface HeadAnchor {
  /** Null when there is none for this database, or none that our keys signed. */
  read(): Promise<ChainState | null>
  write(seal: Seal): Promise<void>
}

const anchored = z.object({
  firstSequence: z.int(),
  lastSequence: z.int(),
  afterPosition: z.int(),
  lastPosition: z.int(),
  sealedAtMs: z.int(),
  hashes: z.string(),
  keyId: z.string(),
  signature: z.string(),
})

/** In the data directory, one file for each database. */
export function createHeadAnchor(options: {
  db: Pick<Database, 'pool'>
  dataDir: string
  keys: Pick<SigningKeys, 'isSigned'>
}): HeadAnchor {
  let path: Promise<string> | undefined
  const file = () => {
    path ??= readDatabaseId(options.db).then((id) => join(options.dataDir, 'audit', `head-${id}.json`))
    return path
  }
  return {
    async read() {
      const text = await readFile(await file(), 'utf8').catch(() => null)
      const seal = text === null ? undefined : anchored.safeParse(parseJson(text)).data
      return seal && options.keys.isSigned(sealText(seal), seal) ? stateBehind(seal) : null
    },
    async write(seal) {
      const target = await file()
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await writeFile(`${target}.new`, JSON.stringify({ ...seal, hashes: seal.hashes.slice(-64) }), {
        mode: 0o600,
      })
      await rename(`${target}.new`, target)
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Tells this database from every other one, also from one of the same name on the same server. */
export async function readDatabaseId(db: Pick<Database, 'pool'>): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT system_identifier || '-' || oid AS id FROM pg_control_system(), pg_database
     WHERE datname = current_database()`,
  )
  return rows[0]?.id ?? 'unknown'
}
