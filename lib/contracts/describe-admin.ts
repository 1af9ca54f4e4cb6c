import { z } from 'zod'
import { type OperatorAction, operatorActions } from '#lib/audit/audit-action'
import { errorCatalogue } from '#lib/contracts/error-catalogue'
import { problem } from '#lib/contracts/status'

/** What is said of one route of the control plane. */
export interface DescribedRoute {
  method: string
  /** `{name}` where a part of the path is given. */
  path: string
  /** The lowest role that may call; `public` for everybody. */
  role: string
  about: string | null
  /** The audit log's actions of which it leaves one; none when it changes nothing that operators change. */
  actions: readonly OperatorAction[]
  query: z.ZodType | null
  body: z.ZodType | null
  answer: z.ZodType | null
}

interface Described {
  version: string
  /** Address of the console, without a slash at its end. */
  serverUrl: string
  routes: readonly DescribedRoute[]
}

interface JsonSchema {
  type?: unknown
  description?: string
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema
const json = (schema: unknown) => ({ 'application/json': { schema } })
const failures = {
  default: {
    description: 'RFC 9457 problem details; `code` is of the error catalogue',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  },
}

/**
 * The control plane as OpenAPI 3.1, from its routes' own declarations: everything that the console does. Source:
 * https://spec.openapis.org/oas/v3.1.1
 */
export function describeAdmin({ version, serverUrl, routes }: Described) {
  const byPath = Map.groupBy(routes, ({ path }) => path)
  return {
    openapi: '3.1.0',
    info: { title: 'Huntaze AI control plane', version },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }, { session: [] }],
    paths: Object.fromEntries(
      [...byPath].map(([path, own]) => [
        path,
        Object.fromEntries(own.map((route) => [route.method.toLowerCase(), operation(route)])),
      ]),
    ),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key with the scope `admin`' },
        session: { type: 'apiKey', in: 'cookie', name: 'huntaze.session_token' },
      },
      schemas: {
        Problem: schemaOf(problem, 'output'),
        ErrorCode: { type: 'string', enum: Object.keys(errorCatalogue) },
      },
    },
  }
}

function operation(route: DescribedRoute) {
  const { method, path, role, about, actions, query, body, answer } = route
  const [first] = actions
  const summary = about ?? (first ? operatorActions[first] : null)
  return {
    operationId: operationId(method, path),
    ...(summary ? { summary } : {}),
    'x-huntaze-role': role,
    ...(first ? { 'x-huntaze-audit-actions': actions } : {}),
    ...(role === 'public' ? { security: [] } : {}),
    parameters: [...pathParameters(path), ...(query ? queryParameters(query) : [])],
    ...(body ? { requestBody: { required: true, content: json(schemaOf(body, 'input')) } } : {}),
    responses: { ...success(path, answer), ...failures },
  }
}

/** `POST /api/admin/keys/{id}/revoke` → `postKeysByIdRevoke`. */
function operationId(method: string, path: string): string {
  const parts = path.replace(/^\/api\/admin\//, '').replaceAll(/\{(\w+)\}/g, 'by-$1')
  const words = parts.split(/[^a-zA-Z0-9]+/).filter(Boolean)
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodType) {
  const { properties = {}, required = [] } = schemaOf(query, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

const kinds: readonly (readonly [suffix: string, type: string])[] = [
  ['.csv', 'text/csv'],
  ['.jsonl', 'application/jsonl'],
  ['/events', 'text/event-stream'],
]

function success(path: string, answer: z.ZodType | null) {
  const text = kinds.find(([suffix]) => path.endsWith(suffix))
  if (text) return { 200: { description: 'Done', content: { [text[1]]: { schema: { type: 'string' } } } } }
  if (answer) return { 200: { description: 'Done', content: json(schemaOf(answer, 'output')) } }
  return { '2XX': { description: 'Done', content: json({ type: 'object', additionalProperties: true }) } }
}
