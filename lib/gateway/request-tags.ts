/** Who and what a request is for. */
export interface RequestTags {
  creatorId: string | null
  fanId: string | null
  operation: string | null
  sessionId: string | null
}

const names = {
  creatorId: 'creator-id',
  fanId: 'fan-id',
  operation: 'operation',
  sessionId: 'session',
} as const
const metadataNames = {
  creatorId: 'creatorId',
  fanId: 'fanId',
  operation: 'operation',
  sessionId: 'session',
} as const
const tagKeys = Object.keys(names) as (keyof RequestTags)[]
const longestTag = 128

/**
 * Reads the tags from `x-huntaze-{creator-id,fan-id,operation,session}`, else from the body's `metadata`
 * (`creatorId`, `fanId`, `operation`, `session`). Values are cut to 128 characters.
 */
export function readRequestTags(
  header: (name: string) => string | null,
  metadata: Readonly<Record<string, string>> | null | undefined,
): RequestTags {
  const tags: RequestTags = { creatorId: null, fanId: null, operation: null, sessionId: null }
  for (const key of tagKeys) {
    const value = header(`x-huntaze-${names[key]}`) ?? metadata?.[metadataNames[key]]
    if (value) tags[key] = value.slice(0, longestTag)
  }
  return tags
}

/** The caller's `metadata` without our tags, which are none of the provider's business; undefined when nothing is left. */
export function foreignMetadata(
  metadata: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> | undefined {
  if (!metadata) return undefined
  const own = new Set<string>(Object.values(metadataNames))
  const rest = Object.entries(metadata).filter(([name]) => !own.has(name))
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}
