import { readLedgerLineIds } from '#lib/costs/ledger-line-ids'
import { actorSubject, type Pseudonyms, type Subject } from '#server/audit/pseudonyms'

/** Who stands in a batch of ledger lines, each once: `names[i]` (`actor:` or `creator:` and the id) has `lookups[i]`. */
export interface LineSubjects {
  names: readonly string[]
  lookups: readonly string[]
}

/** The API keys and users who called, and the creators for whom they did. */
export function readLineSubjects(
  lines: readonly string[],
  pseudonyms: Pick<Pseudonyms, 'lookup'>,
): LineSubjects {
  const found = new Map<string, string>()
  const add = (role: 'actor' | 'creator', subject: Subject | null) => {
    if (subject === null) return
    const name = `${role}:${subject.id}`
    if (!found.has(name)) found.set(name, pseudonyms.lookup(subject))
  }
  for (const line of lines) {
    const { apiKeyId, creatorId } = readLedgerLineIds(line)
    add('actor', actorSubject(apiKeyId))
    if (creatorId !== null) add('creator', { kind: 'creator', id: creatorId })
  }
  return { names: [...found.keys()], lookups: [...found.values()] }
}
