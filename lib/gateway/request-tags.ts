/** Who and what a request is for. */
export interface RequestTags {
  creatorId: string | null
  fanId: string | null
  operation: string | null
  sessionId: string | null
  /** Names of the creator and the fan, so that they can be hidden where texts are kept; never stored themselves. */
  names: readonly string[]
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
const tagKeys = Object.keys(names) as (keyof typeof names)[]
const personNames = [
  ['creator-name', 'creatorName'],
  ['fan-name', 'fanName'],
] as const
const nobody: readonly string[] = []
const longestTag = 128

/**
 * Reads the tags from `x-huntaze-{creator-id,fan-id,operation,session}`, else from the body's `metadata`
 * (`creatorId`, `fanId`, `operation`, `session`), and the names from `x-huntaze-{creator-name,fan-name}` or `creatorName`
 * and `fanName`. Values are cut to 128 characters.
 */
export function readRequestTags(
  header: (name: string) => string | null,
  metadata: Readonly<Record<string, string>> | null | undefined,
): RequestTags {
  const tags: RequestTags = { creatorId: null, fanId: null, operation: null, sessionId: null, names: nobody }
  for (const key of tagKeys) {
    const value = header(`x-huntaze-${names[key]}`) ?? metadata?.[metadataNames[key]]
    if (value) tags[key] = value.slice(0, longestTag)
  }
  for (const [headerName, field] of personNames) {
    const value = header(`x-huntaze-${headerName}`) ?? metadata?.[field]
    if (value) tags.names = [...tags.names, value.slice(0, longestTag)]
  }
  return tags
}

/** The caller's `metadata` without our tags, which are none of the provider's business; undefined when nothing is left. */
export function foreignMetadata(
  metadata: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> | undefined {
  if (!metadata) return undefined
  const own = new Set<string>([...Object.values(metadataNames), ...personNames.map(([, field]) => field)])
  const rest = Object.entries(metadata).filter(([name]) => !own.has(name))
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}
