import type { ServerResponse } from 'node:http'
import type { Fault } from '#bench/servers/fault-script'

interface Refusal {
  readonly status: number
  readonly headers?: () => Readonly<Record<string, string>>
  /** Absent: a body that is no JSON, as gateways before a service send it. */
  readonly error?: object
}

const limited = { code: '429', message: 'Requests have exceeded the call rate limit of the bench upstream.' }
const filterResult = { hate: { filtered: true, severity: 'high' } }

const refusals: Readonly<Partial<Record<Fault, Refusal>>> = {
  rate_limited_seconds: { status: 429, headers: () => ({ 'retry-after': '1' }), error: limited },
  rate_limited_ms: { status: 429, headers: () => ({ 'retry-after-ms': '250' }), error: limited },
  rate_limited_date: {
    status: 429,
    headers: () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() }),
    error: limited,
  },
  rate_limited_bare: { status: 429, error: limited },
  server_error: { status: 500, error: { code: 'InternalServerError', message: 'bench upstream: 500' } },
  unavailable: { status: 503 },
  context_length: {
    status: 400,
    error: {
      message: "This model's maximum context length is 128000 tokens. Your messages resulted in more.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
  },
  content_filter: {
    status: 400,
    error: {
      message: 'The response was filtered due to the prompt triggering the content management policy.',
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: filterResult },
    },
  },
}

/** Answers with the error that `fault` stands for; false when it stands for none. */
export function playRefusal(response: ServerResponse, fault: Fault): boolean {
  const refusal = refusals[fault]
  if (refusal === undefined) return false
  const { status, headers, error } = refusal
  const type = error === undefined ? 'text/html' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers?.() })
  response.end(error === undefined ? '<h1>Service Unavailable</h1>' : JSON.stringify({ error }))
  return true
}
