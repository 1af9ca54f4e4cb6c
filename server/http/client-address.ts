import type { IncomingMessage } from 'node:http'

/**
 * The address that rate limits count by: the socket's, or behind a trusted proxy the last entry of X-Forwarded-For,
 * which that proxy wrote itself (earlier entries are the client's word).
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const socketAddress = request.socket.remoteAddress ?? ''
  if (!trustProxy) return socketAddress
  const header = request.headers['x-forwarded-for']
  const last = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').at(-1)?.trim()
  return last ? last : socketAddress
}
