/** `complete` holds a stream until it is whole; `progressive` passes tokens on as they come. */
export type StreamMode = 'progressive' | 'complete'

const modes: readonly string[] = ['progressive', 'complete']

/** The header's value as a mode; null without the header, `unknown` for any other value. */
export function readStreamMode(header: string | null): StreamMode | null | 'unknown' {
  if (header === null) return null
  const value = header.trim().toLowerCase()
  return modes.includes(value) ? (value as StreamMode) : 'unknown'
}

/** The first that was set: the request's header, the key's setting, the tier's policy. */
export function streamMode(
  asked: StreamMode | null,
  key: StreamMode | null | undefined,
  tier: StreamMode,
): StreamMode {
  return asked ?? key ?? tier
}
