import type { z } from 'zod'
import type { Role } from '#lib/contracts/access'
import type { Actor } from '#server/access/principal'
import { getContainer } from '#server/container'
import type { Container } from '#server/create-container'
import { problemResponse, toAppError } from '#server/http/error-response'
import { parseWith } from '#server/http/parse-with'
import { readJsonBody } from '#server/http/read-json-body'
import { newRequestId } from '#server/http/request-id'

const bodyLimitBytes = 1024 * 1024

export interface RouteInput<Query, Body> {
  container: Container
  /** The lowest role that may call is `RouteDefinition.role`; null only for public routes. */
  actor: Actor
  query: Query
  body: Body
  params: Readonly<Record<string, string>>
  request: Request
  requestId: string
}

export interface RouteDefinition<Query, Body> {
  role: Role | 'public'
  query?: z.ZodType<Query>
  body?: z.ZodType<Body>
  /** A value becomes `200` JSON (`undefined` becomes `204`); a `Response` goes out as it is. */
  handle(input: RouteInput<Query, Body>): Promise<unknown>
}

type NextContext = { params: Promise<Record<string, string | string[] | undefined>> }

const nobody: Actor = { id: 'anonymous', name: 'anonymous', email: null, role: 'viewer', via: 'session' }

/**
 * A control-plane route from its declaration: authenticates, checks role and origin, parses query and body,
 * maps every error to problem+json, logs. Session cookies on unsafe methods are accepted from our own origin only.
 */
export function defineRoute<Query = undefined, Body = undefined>(definition: RouteDefinition<Query, Body>) {
  return async (request: Request, context?: NextContext): Promise<Response> => {
    const requestId = newRequestId()
    const container = await getContainer()
    try {
      const actor =
        definition.role === 'public' ? nobody : await container.access.requireRole(request, definition.role)
      const query = parseQuery(definition.query, request)
      const body = await parseBody(definition.body, request)
      const params = await pathParams(context)
      const result = await definition.handle({ container, actor, query, body, params, request, requestId })
      return toResponse(result, requestId)
    } catch (thrown) {
      const error = toAppError(thrown)
      container.log.forError(error, { requestId, path: new URL(request.url).pathname })
      return problemResponse(error, requestId)
    }
  }
}

function parseQuery<Query>(schema: z.ZodType<Query> | undefined, request: Request): Query {
  return schema
    ? parseWith(schema, Object.fromEntries(new URL(request.url).searchParams))
    : (undefined as Query)
}

async function parseBody<Body>(schema: z.ZodType<Body> | undefined, request: Request): Promise<Body> {
  return schema ? parseWith(schema, (await readJsonBody(request, bodyLimitBytes)).value) : (undefined as Body)
}

async function pathParams(context: NextContext | undefined): Promise<Record<string, string>> {
  const entries = Object.entries((await context?.params) ?? {})
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : (value ?? '')]),
  )
}

function toResponse(result: unknown, requestId: string): Response {
  if (result instanceof Response) return result
  const headers = { 'x-request-id': requestId, 'cache-control': 'no-store' }
  if (result === undefined) return new Response(null, { status: 204, headers })
  return Response.json(result, { headers })
}
