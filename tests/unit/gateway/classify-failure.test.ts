import { describe, expect, it } from 'vitest'
import { classifyFailure, readRetryAfter } from '#lib/gateway/classify-failure'
import type { FailureEvidence } from '#lib/gateway/failure'

const context = { provisioned: false, nowMs: Date.parse('2026-01-01T00:00:00Z') }
const http = (status: number, body: unknown = '', headers: Record<string, string> = {}): FailureEvidence => ({
  kind: 'http',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const error = (code: string, message = 'no') => ({ error: { code, message, type: null, param: null } })

describe('classifyFailure', () => {
  it.each([
    ['500', http(500), 'server_error', 'yes', 'health'],
    ['503', http(503, error('ServiceUnavailable')), 'server_error', 'yes', 'health'],
    [
      '529 of Anthropic',
      http(529, { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }),
      'overloaded',
      'yes',
      'health',
    ],
    ['429', http(429, error('429')), 'rate_limited', 'yes', null],
    ['content filter', http(400, error('content_filter')), 'content_filter', 'no', null],
    [
      'content filter by inner error',
      http(400, {
        error: { code: 'bad', message: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } },
      }),
      'content_filter',
      'no',
      null,
    ],
    ['vision policy', http(400, error('content_policy_violation')), 'content_filter', 'no', null],
    ['context length', http(400, error('context_length_exceeded')), 'context_length', 'larger_context', null],
    [
      'context length of Anthropic',
      http(400, {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens' },
      }),
      'context_length',
      'larger_context',
      null,
    ],
    ['other 400', http(400, error('invalid_value')), 'invalid_request', 'no', null],
    ['401', http(401), 'credentials', 'yes', 'configuration'],
    ['403', http(403), 'credentials', 'yes', 'configuration'],
    ['404', http(404, error('DeploymentNotFound')), 'not_found', 'yes', 'configuration'],
    [
      'bare 404 of the gateway in front',
      http(404, { statusCode: 404, message: 'Resource not found' }),
      'not_found',
      'yes',
      'configuration',
    ],
    ['410', http(410), 'retired', 'yes', 'configuration'],
    ['408', http(408), 'server_error', 'yes', 'health'],
    [
      'refused connection',
      { kind: 'connect', code: 'ECONNREFUSED', message: 'refused' },
      'connect',
      'yes',
      'health',
    ],
    ['reset', { kind: 'reset', message: 'socket hang up' }, 'reset', 'yes', 'health'],
    ['silence', { kind: 'timeout', timer: 'attempt', afterMs: 30_000 }, 'attempt_timeout', 'yes', 'health'],
    [
      'slow first token',
      { kind: 'timeout', timer: 'first_token', afterMs: 8_000 },
      'first_token_timeout',
      'yes',
      'latency',
    ],
    ['deadline', { kind: 'timeout', timer: 'deadline', afterMs: 60_000 }, 'deadline', 'no', null],
    [
      'error in a stream',
      {
        kind: 'stream_error',
        error: { message: 'The server had an error', type: 'server_error', param: null, code: null },
      },
      'server_error',
      'yes',
      'health',
    ],
    ['caller gone', { kind: 'cancelled' }, 'cancelled', 'no', null],
  ] as const)('%s', (_name, evidence, failureClass, nextCandidate, breakerSignal) => {
    expect(classifyFailure(evidence, context)).toMatchObject({
      class: failureClass,
      nextCandidate,
      breakerSignal,
    })
  })

  it('calls a full PTU deployment full, not sick', () => {
    const failure = classifyFailure(http(429, error('429'), { 'retry-after-ms': '1500' }), {
      ...context,
      provisioned: true,
    })
    expect(failure).toMatchObject({
      class: 'ptu_full',
      sameAgain: 'no',
      nextCandidate: 'yes',
      breakerSignal: null,
      retryAfterMs: 1500,
    })
  })

  it("keeps the provider's words for the caller", () => {
    const failure = classifyFailure(
      http(400, {
        error: {
          code: 'content_filter',
          message: 'Filtered.',
          param: 'prompt',
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        },
      }),
      context,
    )
    expect(failure.error).toMatchObject({
      message: 'Filtered.',
      param: 'prompt',
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    })
  })
})

describe('readRetryAfter', () => {
  it.each([
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '0', 'retry-after': '7' }, 0],
    [{ 'x-ms-retry-after-ms': '90' }, 90],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }, 3000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-1' }, null],
    [{}, null],
  ] as const)('%o → %o', (headers, expected) => {
    const given: Record<string, string> = { ...headers }
    expect(readRetryAfter(given, context.nowMs)).toBe(expected)
  })
})
