import { type ChainState, chainStart } from '#lib/audit/chain'
import { entryFields, entryRow } from '#lib/audit/entry-text'
import type { ExportHeader, ExportSeal } from '#lib/audit/export-line'
import { stateBehind } from '#lib/audit/seal'
import { readPurge } from '#server/audit/purge-store'
import { readSealed } from '#server/audit/read-sealed'
import { readSealBefore } from '#server/audit/seal-store'
import type { SigningKeys } from '#server/audit/signing-keys'
import type { Database } from '#server/db/database'
import type { Redactor } from '#server/privacy/redactor'

interface ExportParts {
  db: Pick<Database, 'pool'>
  keys: Pick<SigningKeys, 'publicKeys'>
  redact: Redactor['redactTwice']
}

/** Places in an entry of texts that may hold somebody's words: before, after, reason. */
const written = [13, 14, 15]
const dayMs = 86_400_000

/**
 * The seals that were made on those UTC days, with their entries, as JSON lines; unless told, from the first entry that is
 * kept and to the last. What leaves the program is looked at a second time, and where something is hidden the line says so.
 */
export async function* exportLog(
  { db, keys, redact }: ExportParts,
  { fromDay, toDay }: { fromDay?: string; toDay?: string },
): AsyncGenerator<string> {
  const from = await stateBefore(db, fromDay)
  const endMs = toDay === undefined ? Number.POSITIVE_INFINITY : Date.parse(toDay) + dayMs
  let state = from
  const header: ExportHeader = {
    format: 'huntaze audit export 1',
    exportedAt: new Date().toISOString(),
    from,
    publicKeys: Object.values(keys.publicKeys),
    fields: [...entryFields],
  }
  yield `${JSON.stringify(header)}\n`
  for await (const group of readSealed(db, { from, toSequence: Number.MAX_SAFE_INTEGER })) {
    const wanted = group.filter(({ seal }) => seal.sealedAtMs < endMs)
    for (const { seal, entries } of wanted) {
      yield `${JSON.stringify({ seal, ...redactEntries(entries, redact) } satisfies ExportSeal)}\n`
      state = stateBehind(seal)
    }
    if (wanted.length < group.length) break
  }
  yield `${JSON.stringify({ end: { sequence: state.sequence, hash: state.hash } })}\n`
}

async function stateBefore(db: Pick<Database, 'pool'>, fromDay: string | undefined): Promise<ChainState> {
  const kept = (await readPurge(db.pool)) ?? chainStart
  if (fromDay === undefined) return kept
  const before = await readSealBefore(db.pool, { beforeMs: Date.parse(fromDay) })
  return before && before.lastSequence > kept.sequence ? stateBehind(before) : kept
}

function redactEntries(texts: readonly string[], redact: (text: string) => string) {
  const redacted: number[] = []
  const entries = texts.map((text, place) => {
    const row = entryRow(text)
    const clean = row.map((field, index) =>
      field !== null && written.includes(index) ? redact(field) : field,
    )
    if (clean.every((field, index) => field === row[index])) return [...row]
    redacted.push(place)
    return clean
  })
  return { entries, redacted }
}
