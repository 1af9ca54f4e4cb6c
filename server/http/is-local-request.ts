import type { IncomingMessage } from 'node:http'
import { isLoopbackHost } from '#server/config/env-variables'

const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/**
 * Does the request come from a program on this machine? Not when a proxy handed it on, and not when it was sent to
 * another name than this machine's own: a page of a stranger may have made a browser here send it.
 */
export function isLocalRequest({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const address = socket.remoteAddress ?? ''
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address)
  if (!isLoopback || forwarding.some((name) => headers[name] !== undefined)) return false
  const host = `http://${headers.host ?? ''}`
  return URL.canParse(host) && isLoopbackHost(new URL(host).hostname)
}
