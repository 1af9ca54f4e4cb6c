import type { z } from 'zod'
import type { OperatorAction } from '#lib/audit/audit-action'
import type { Role } from '#lib/contracts/access'
import type { Actor } from '#server/access/principal'
import { getContainer } from '#server/container'
import type { Container } from '#server/create-container'
import { problemResponse, toAppError } from '#server/http/error-response'
import { parseStored, storable } from '#server/http/parse-stored'
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

/** What is said of a route outside of it: its check of the caller and of the request, and what it leaves behind. */
export interface RouteDeclaration {
  role: Role | 'public'
  query?: z.ZodType
  body?: z.ZodType
  /** One sentence for the API's description; of routes that are audited the action's words say it. */
  about?: string
  /** The shape of the answer's JSON. */
  answer?: z.ZodType
  /**
   * The audit log's action of a route that changes something, or those of which it leaves one. `later`: it is recorded when what was begun has ended.
   * `ai`: the ledger's statement writes the entry. `nothing`: a route that is no GET and changes nothing.
   */
  audits?:
    | OperatorAction
    | readonly [OperatorAction, ...OperatorAction[]]
    | { later: OperatorAction }
    | 'ai'
    | 'nothing'
}

export interface RouteDefinition<Query, Body> extends RouteDeclaration {
  query?: z.ZodType<Query>
  body?: z.ZodType<Body>
  /** A value becomes `200` JSON (`undefined` becomes `204`); a `Response` goes out as it is. */
  handle(input: RouteInput<Query, Body>): Promise<unknown>
}

type NextContext = { params: Promise<Record<string, string | string[] | undefined>> }

/** A route as Next calls it, with its declaration for whoever describes the API. */
export type DefinedRoute = ((request: Request, context?: NextContext) => Promise<Response>) & {
  declaration: RouteDeclaration
}

const nobody: Actor = { id: 'anonymous', name: 'anonymous', email: null, role: 'viewer', via: 'session' }

/**
 * A control-plane route from its declaration: authenticates, checks role and origin, parses query and body,
 * maps every error to problem+json, logs, and sees to it that what it changed left an audit entry. Session cookies on
 * unsafe methods are accepted from our own origin only.
 */
export function defineRoute<Query = undefined, Body = undefined>(
  definition: RouteDefinition<Query, Body>,
): DefinedRoute {
  const route = async (request: Request, context?: NextContext): Promise<Response> => {
    const requestId = newRequestId()
    const container = await getContainer()
    try {
      const actor =
        definition.role === 'public' ? nobody : await container.access.requireRole(request, definition.role)
      const query = parseQuery(definition.query, request)
      const body = await parseBody(definition.body, request)
      const params = storable(await pathParams(context))
      const result = await definition.handle({ container, actor, query, body, params, request, requestId })
      await ensureAudited({ container, actor, request, requestId }, definition)
      return toResponse(result, requestId)
    } catch (thrown) {
      const error = toAppError(thrown)
      container.log.forError(error, { requestId, path: new URL(request.url).pathname })
      return problemResponse(error, requestId)
    }
  }
  return Object.assign(route, { declaration: definition })
}

/** The operator's actions of which a route leaves one in the audit log, at once or later; none when it changes nothing. */
export function auditedActions(audits: RouteDeclaration['audits']): readonly OperatorAction[] {
  if (audits === undefined || audits === 'ai' || audits === 'nothing') return []
  if (typeof audits === 'string') return [audits]
  return 'later' in audits ? [audits.later] : audits
}

/**
 * What a route changes is recorded where it changes it, in the same transaction. Should one have forgotten, the log has a
 * plain entry all the same, and the program says so.
 */
async function ensureAudited(
  { container, actor, request, requestId }: Omit<RouteInput<unknown, unknown>, 'query' | 'body' | 'params'>,
  { audits }: RouteDeclaration,
): Promise<void> {
  const [action] = auditedActions(audits)
  const isLater = typeof audits === 'object' && 'later' in audits
  if (action === undefined || isLater || container.audit.hasRecorded(requestId)) return
  const { pathname } = new URL(request.url)
  container.log.error({ requestId, path: pathname, action }, 'a change left no audit entry of its own')
  await container.audit.record(container.db.orm, {
    action,
    actorId: actor === nobody ? null : actor.id,
    resource: `route${pathname}`,
    correlationId: requestId,
  })
}

function parseQuery<Query>(schema: z.ZodType<Query> | undefined, request: Request): Query {
  return schema
    ? parseStored(schema, Object.fromEntries(new URL(request.url).searchParams))
    : (undefined as Query)
}

async function parseBody<Body>(schema: z.ZodType<Body> | undefined, request: Request): Promise<Body> {
  return schema
    ? parseStored(schema, (await readJsonBody(request, bodyLimitBytes)).value)
    : (undefined as Body)
}

async function pathParams(context: NextContext | undefined): Promise<Record<string, string>> {
  const entries = Object.entries((await context?.params) ?? {})
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : (value ?? '')]),
  )
}

function toResponse(result: unknown, requestId: string): Response {
  if (result instanceof Response) {
    result.headers.set('x-request-id', requestId)
    return result
  }
  const headers = { 'x-request-id': requestId, 'cache-control': 'no-store' }
  if (result === undefined) return new Response(null, { status: 204, headers })
  return Response.json(result, { headers })
}
