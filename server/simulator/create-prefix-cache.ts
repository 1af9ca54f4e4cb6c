const FIRST_BOUNDARY = 1_024
const STEP = 128
const MOST_ENTRIES = 20_000

/** Remembers the prompts a deployment has seen, as providers' prompt caches do. */
export interface PrefixCache {
  /** Tokens of the longest prefix seen before (0 or 1024 + 128n); then remembers this prompt. */
  visit(scope: string, tokens: readonly number[]): number
  /** Whether exactly this prefix was seen before; then remembers it. */
  visitExact(scope: string, tokens: readonly number[]): boolean
}

function mix(hash: number, token: number): number {
  return Math.imul(hash ^ token, 0x01000193) ^ (hash >>> 15)
}

/** Fingerprints of the prefix at each boundary, shortest first. */
function fingerprints(scope: string, tokens: readonly number[]): { length: number; key: string }[] {
  const found: { length: number; key: string }[] = []
  let first = 0x811c9dc5
  let second = 0x9e3779b9
  let at = 0
  for (const token of tokens) {
    first = mix(first, token)
    second = mix(second, token + 0x5bd1)
    at += 1
    if (at >= FIRST_BOUNDARY && (at - FIRST_BOUNDARY) % STEP === 0) {
      found.push({ length: at, key: `${scope} ${at} ${first} ${second}` })
    }
  }
  return found
}

/** Bounded: the oldest prefixes are forgotten first. */
export function createPrefixCache(): PrefixCache {
  const seen = new Set<string>()
  const remember = (key: string) => {
    seen.delete(key)
    seen.add(key)
    if (seen.size <= MOST_ENTRIES) return
    for (const oldest of seen) {
      seen.delete(oldest)
      return
    }
  }
  return {
    visit: (scope, tokens) => {
      const boundaries = fingerprints(scope, tokens)
      const cached = boundaries.findLast(({ key }) => seen.has(key))?.length ?? 0
      for (const { key } of boundaries) remember(key)
      return cached
    },
    visitExact: (scope, tokens) => {
      let first = 0x811c9dc5
      let second = 0x9e3779b9
      for (const token of tokens) {
        first = mix(first, token)
        second = mix(second, token + 0x5bd1)
      }
      const key = `${scope} exact ${tokens.length} ${first} ${second}`
      const known = seen.has(key)
      remember(key)
      return known
    },
  }
}
