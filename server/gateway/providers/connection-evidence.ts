import type { FailureEvidence } from '#lib/gateway/failure'

/** How far a call had come when its connection failed. */
export type ConnectionStage = 'connecting' | 'waiting' | 'reading_whole' | 'reading_stream'

/**
 * What a failed connection says, by how far the call had come: before the request went out `connect` (refused,
 * unknown host, TLS), before the answer was whole `reset`, in the middle of a stream `cut_stream`. Bytes that are
 * not HTTP are `malformed`; a request that cannot be written (a key with a line break) is `refused`.
 */
export function connectionEvidence(error: Error, stage: ConnectionStage): FailureEvidence {
  const code = errorCode(error)
  if (code === 'UND_ERR_INVALID_ARG') return { kind: 'refused', message: error.message }
  if (error.name === 'HTTPParserError')
    return { kind: 'malformed', message: 'the provider did not answer in HTTP' }
  const message = error.message === '' ? code : error.message
  switch (stage) {
    case 'connecting':
      return { kind: 'connect', code, message }
    case 'waiting':
      return { kind: 'reset', message: `the connection was lost before an answer came (${message})` }
    case 'reading_whole':
      return { kind: 'reset', message: `the connection was lost in the middle of the answer (${message})` }
    case 'reading_stream':
      return {
        kind: 'cut_stream',
        message: `the connection was lost in the middle of the stream (${message})`,
      }
  }
}

/** Node's or undici's error code; of several addresses tried, the first one's. */
function errorCode(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return errorCode(error.errors[0])
  return error.name
}
