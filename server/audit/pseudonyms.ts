import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Kinds of persons, and of keys that act for them, whose ids the audit log never holds. */
export type SubjectKind = 'user' | 'api_key' | 'creator' | 'fan' | 'email'

export interface Subject {
  kind: SubjectKind
  id: string
}

/** Under what the pseudonyms of a subject are found in `audit_subjects`. */
export interface Pseudonyms {
  /** Under the present key: `kind:` and 32 base64url characters. */
  lookup(subject: Subject): string
  /** Under every key, the present one first. */
  lookups(subject: Subject): readonly string[]
}

const remembered = 10_000

/** `keys`: the present one first, then those it replaced. @throws Error when there is none. */
export function createPseudonyms(keys: readonly string[]): Pseudonyms {
  const [present] = keys
  if (present === undefined) throw new Error('pseudonyms need a key')
  const known = new LRUCache<string, string>({ max: remembered })
  return {
    lookup(subject) {
      const name = `${subject.kind}:${subject.id}`
      const found = known.get(name)
      if (found !== undefined) return found
      const made = makeLookup(present, subject)
      known.set(name, made)
      return made
    },
    lookups: (subject) => keys.map((key) => makeLookup(key, subject)),
  }
}

function makeLookup(key: string, { kind, id }: Subject): string {
  const mac = createHmac('sha256', key).update(`${kind}:${id}`).digest('base64url')
  return `${kind}:${mac.slice(0, 32)}`
}

/** Who acts, from their id: `usr_…` is a user, anything else an API key. Null for the system itself. */
export function actorSubject(actorId: string | null): Subject | null {
  if (actorId === null) return null
  return { kind: actorId.startsWith('usr_') ? 'user' : 'api_key', id: actorId }
}
