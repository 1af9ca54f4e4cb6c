import type { HttpStream } from '#server/gateway/providers/http-transport'
import { ProviderError } from '#server/gateway/providers/provider'

/** @throws ProviderError `malformed` when a call for a stream was answered with something else. */
export function requireEventStream(stream: HttpStream): void {
  const type = stream.headers['content-type']
  if (type === undefined || type.toLowerCase().startsWith('text/event-stream')) return
  stream.cancel()
  throw new ProviderError({ kind: 'malformed', message: 'the answer is no event stream' })
}
