import type { IncomingMessage } from 'node:http'
import { feedback } from '#server/experiments/http/feedback'
import { chatCompletions } from '#server/gateway/http/chat-completions'
import { embeddings } from '#server/gateway/http/embeddings'
import { models } from '#server/gateway/http/models'
import { unknownDataPlanePath, wrongMethod } from '#server/gateway/http/no-such-route'
import { openApi } from '#server/gateway/http/open-api'
import { playgroundChat } from '#server/gateway/http/playground-chat'
import { usage } from '#server/gateway/http/usage'
import { adminOpenApi } from '#server/http/admin-open-api'
import { healthLive, healthReady } from '#server/http/health'
import { trainingConsents } from '#server/models/http/training-consents'
import { trainingExamples } from '#server/models/http/training-examples'
import { adminEvents } from '#server/telemetry/http/admin-events'
import { metrics } from '#server/telemetry/http/metrics'

export type DirectHandler = (
  request: Request,
  params: Readonly<Record<string, string>>,
  incoming: IncomingMessage,
) => Promise<Response>

interface DirectRoute {
  method: 'GET' | 'POST'
  handle: DirectHandler
}

/**
 * Routes that `server/main.ts` serves without Next: the hot data plane (a Next route handler costs about 0.9 ms CPU
 * before it does anything) and the streams that a compressing framework would hold back.
 */
const exact: ReadonlyMap<string, DirectRoute> = new Map<string, DirectRoute>([
  ['/api/v1/chat/completions', { method: 'POST', handle: chatCompletions }],
  ['/api/v1/embeddings', { method: 'POST', handle: embeddings }],
  ['/api/v1/models', { method: 'GET', handle: models }],
  ['/api/v1/usage', { method: 'GET', handle: usage }],
  ['/api/v1/feedback', { method: 'POST', handle: feedback }],
  ['/api/v1/training/consents', { method: 'POST', handle: trainingConsents }],
  ['/api/v1/training/examples', { method: 'POST', handle: trainingExamples }],
  ['/api/v1/openapi.json', { method: 'GET', handle: openApi }],
  ['/api/v1/openai/chat/completions', { method: 'POST', handle: chatCompletions }],
  ['/api/v1/openai/embeddings', { method: 'POST', handle: embeddings }],
  ['/api/v1/openai/v1/chat/completions', { method: 'POST', handle: chatCompletions }],
  ['/api/v1/openai/v1/embeddings', { method: 'POST', handle: embeddings }],
  ['/api/v1/openai/v1/models', { method: 'GET', handle: models }],
  ['/api/v1/openai/models', { method: 'GET', handle: models }],
  ['/metrics', { method: 'GET', handle: metrics }],
  ['/api/health/live', { method: 'GET', handle: healthLive }],
  ['/api/health/ready', { method: 'GET', handle: healthReady }],
  ['/api/admin/events', { method: 'GET', handle: (request) => adminEvents(request) }],
  ['/api/admin/openapi.json', { method: 'GET', handle: (request) => adminOpenApi(request) }],
  ['/api/admin/playground/chat', { method: 'POST', handle: (request) => playgroundChat(request) }],
])

const azureShape = /^\/api\/v1\/openai\/deployments\/([^/]+)\/(chat\/completions|embeddings)$/

export interface DirectMatch {
  handle: DirectHandler
  params: Readonly<Record<string, string>>
}

const noParams = {}

/** The handler of a path that is served directly; null for Next's. The data plane is ours whole, its 404 and 405 too. */
export function matchDirectRoute(method: string, path: string): DirectMatch | null {
  const route = exact.get(path)
  if (route)
    return { handle: route.method === method ? route.handle : wrongMethod(route.method), params: noParams }
  if (!path.startsWith('/api/v1/')) return null
  const azure = azureShape.exec(path)
  if (!azure?.[1]) return { handle: unknownDataPlanePath, params: noParams }
  const handle = azure[2] === 'embeddings' ? embeddings : chatCompletions
  return {
    handle: method === 'POST' ? handle : wrongMethod('POST'),
    params: { deployment: decode(azure[1]) },
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
