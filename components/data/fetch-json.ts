import { ApiProblem, readProblem, unreachable } from '#components/data/api-problem'

/** Structural part of a zod schema that reading an answer needs. */
interface AnswerSchema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } }
}

export interface JsonRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
}

/**
 * Asks the API and checks the answer against its contract.
 *
 * @throws ApiProblem for every answer that is not 2xx, not JSON, not what the contract says, or that never came.
 */
export async function fetchJson<T>(
  schema: AnswerSchema<T>,
  path: string,
  request: JsonRequest = {},
): Promise<T> {
  const response = await send(path, request)
  const parsed = schema.safeParse(await response.json().catch(() => null))
  if (parsed.success) return parsed.data
  throw new ApiProblem({
    status: response.status,
    title: 'The answer is not what this page understands',
    detail: `${path} answered in another shape than the console expects. Reload the page; if it stays, console and server differ in version.`,
    code: 'contract_mismatch',
    requestId: response.headers.get('x-request-id'),
    fieldErrors: [{ path: '', message: parsed.error.message.slice(0, 500) }],
  })
}

/** As `fetchJson`, for answers whose body does not matter. */
export async function sendJson(path: string, request: JsonRequest): Promise<void> {
  await send(path, request)
}

async function send(path: string, { method = 'GET', body, signal }: JsonRequest): Promise<Response> {
  const response = await fetch(path, {
    method,
    signal,
    headers: body === undefined ? { accept: 'application/json' } : jsonHeaders,
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((cause: unknown) => {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause
    throw unreachable(cause)
  })
  if (!response.ok) throw await readProblem(response)
  return response
}

const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' }
