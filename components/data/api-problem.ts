import { problem } from '#lib/contracts/status'

/** An answer of the API that is not the one asked for. `status` 0 = no answer at all. */
export class ApiProblem extends Error {
  readonly status: number
  readonly title: string
  readonly code: string
  readonly requestId: string | null
  readonly fieldErrors: readonly { path: string; message: string }[]

  constructor(parts: {
    status: number
    title: string
    detail: string
    code: string
    requestId: string | null
    fieldErrors?: readonly { path: string; message: string }[]
  }) {
    super(parts.detail)
    this.name = 'ApiProblem'
    this.status = parts.status
    this.title = parts.title
    this.code = parts.code
    this.requestId = parts.requestId
    this.fieldErrors = parts.fieldErrors ?? []
  }
}

/** The problem in an answer: problem+json where there is one, else its status in words. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const text = await response.text().catch(() => '')
  const requestId = response.headers.get('x-request-id')
  const parsed = problem.safeParse(parseJson(text))
  if (parsed.success) {
    const { status, title, detail, code } = parsed.data
    return new ApiProblem({
      status,
      title,
      detail,
      code,
      requestId: parsed.data.requestId,
      fieldErrors: parsed.data.errors,
    })
  }
  return new ApiProblem({
    status: response.status,
    title: `The server answered ${response.status}`,
    detail:
      messageIn(parseJson(text)) ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    code: `http_${response.status}`,
    requestId,
  })
}

/** No answer came: the server is down or the network is. */
export function unreachable(cause: unknown): ApiProblem {
  return new ApiProblem({
    status: 0,
    title: 'The server cannot be reached',
    detail: cause instanceof Error ? `No answer came: ${cause.message}.` : 'No answer came.',
    code: 'unreachable',
    requestId: null,
  })
}

/** `null` when `text` is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The message of OpenAI's or better-auth's error bodies. */
function messageIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null
  if ('message' in body && typeof body.message === 'string') return body.message
  return 'error' in body ? messageIn(body.error) : null
}
