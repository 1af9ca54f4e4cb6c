import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Container } from '#server/create-container'
import { clientAddress } from '#server/http/client-address'
import { type DirectMatch, matchDirectRoute } from '#server/http/direct-routes'
import { clientAddressHeader } from '#server/http/request-address'
import {
  contentSecurityPolicy,
  securityHeaders,
  strictTransportSecurity,
} from '#server/http/security-headers'

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

export interface DispatcherOptions {
  container: Container
  /** Next's own handler, for pages and everything that is not served directly. */
  next: NodeHandler
  development: boolean
}

/** Two front doors in one process: direct routes to our functions, the rest to Next. */
export function createDispatcher({ container, next, development }: DispatcherOptions): NodeHandler {
  const matches = new WeakMap<IncomingMessage, DirectMatch>()
  const secure = container.publicUrl().startsWith('https:')
  const trustProxy = container.env.TRUST_PROXY === 'on'
  const direct = getRequestListener((request, env) => {
    const { incoming } = env as { incoming: IncomingMessage }
    const match = matches.get(incoming)
    return match ? match.handle(request, match.params, incoming) : new Response(null, { status: 404 })
  })

  return (request, response) => {
    const path = pathOf(request.url)
    if (secure) response.setHeader('strict-transport-security', strictTransportSecurity)
    if (container.isShuttingDown()) response.setHeader('connection', 'close')
    const match = matchDirectRoute(request.method ?? 'GET', path)
    if (match) {
      matches.set(request, match)
      return direct(request, response)
    }
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    request.headers[clientAddressHeader] = clientAddress(request, trustProxy)
    const { nonce, policy } = contentSecurityPolicy({ development })
    request.headers['content-security-policy'] = policy
    request.headers['x-nonce'] = nonce
    response.setHeader('content-security-policy', policy)
    return next(request, response)
  }
}

function pathOf(url: string | undefined): string {
  const target = url ?? '/'
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}
