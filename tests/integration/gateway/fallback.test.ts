import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import {
  answerBody,
  finishEvent,
  promptFilterEvent,
  roleEvent,
  textEvent,
  usageEvent,
} from '#tests/upstreams/chat-events'
import {
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

let upstreams: ScriptedUpstream[]
let gateway: TestGateway
/** One try each, and breakers that stay shut: what follows a failure is looked at, not what many failures do. */
const policy = {
  retry: { maxAttempts: 1 },
  breaker: { minimumCalls: 10_000 },
  latencyBreaker: { minimumCalls: 10_000 },
}

beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream(), startScriptedUpstream()])
  gateway = await startGateway({
    catalog: chainCatalog(
      upstreams.map(({ url }) => url),
      { attemptTimeoutMs: 400, ttftMs: 500, idleMs: 400, deadlineMs: 5000, policy },
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
})

const answer: Step[] = [{ kind: 'json', body: answerBody }]
const stream: Step[] = [
  { kind: 'head' },
  {
    kind: 'chunk',
    data: sse(
      promptFilterEvent,
      roleEvent,
      textEvent('Hello'),
      textEvent(' there'),
      finishEvent(),
      usageEvent,
      '[DONE]',
    ),
  },
]
const error = (status: number, code: string, headers: Record<string, string> = {}): Step[] => [
  {
    kind: 'json',
    status,
    headers,
    body: { error: { message: `it said ${code}`, type: null, param: null, code } },
  },
]
const body = { model: 'premium', messages: [{ role: 'user', content: 'Hello?' }] }
const path = '/api/v1/chat/completions'

function script(...steps: Step[][]): void {
  for (const [index, upstream] of upstreams.entries()) upstream.respond(steps[index] ?? answer)
}

const rows = async (response: Response) => {
  const id = response.headers.get('x-request-id')
  await gateway.container.ledger.caughtUp()
  const { pool } = gateway.container.db
  const entry = (await pool.query('SELECT * FROM ledger_entries WHERE id = $1', [id])).rows
  const attempts = (await pool.query('SELECT * FROM attempts WHERE request_id = $1 ORDER BY sequence', [id]))
    .rows
  return { entry, attempts }
}

let seen: number[] = []
beforeEach(() => {
  seen = upstreams.map(({ requests }) => requests.length)
})
const calls = () => upstreams.map(({ requests }, index) => requests.length - (seen[index] ?? 0))

describe('on failure the next candidate', () => {
  it.each([
    ['500', error(500, 'x'), 'server_error'],
    ['503', error(503, 'x'), 'server_error'],
    ['401', error(401, 'x'), 'credentials'],
    ['404', error(404, 'DeploymentNotFound'), 'not_found'],
    ['410', error(410, 'gone'), 'retired'],
    ['a reset', [{ kind: 'destroy' }], 'reset'],
    ['silence', [{ kind: 'never' }], 'attempt_timeout'],
    [
      'no JSON',
      [
        { kind: 'head', headers: { 'content-type': 'application/json' } },
        { kind: 'chunk', data: 'sorry' },
      ],
      'malformed',
    ],
  ] as [string, Step[], string][])('after %s', async (_name, steps, failureClass) => {
    script(steps)
    const response = await gateway.post(path, body)
    expect(response.status).toBe(200)
    expect(response.headers.get('x-huntaze-deployment')).toBe('b')
    expect(response.headers.get('x-huntaze-attempts')).toBe('2')
    expect(await response.json()).toEqual(answerBody)
    const { entry, attempts } = await rows(response)
    expect(entry).toHaveLength(1)
    expect(entry[0]).toMatchObject({
      outcome: 'success',
      deployment_id: 'b',
      attempts: 2,
      input_tokens: 12,
      output_tokens: 3,
    })
    expect(attempts.map(({ outcome, failure_class }) => [outcome, failure_class])).toEqual([
      ['error', failureClass],
      ['success', null],
    ])
    expect(calls()).toEqual([1, 1, 0])
  })

  it('at once after 429, and the full one is left alone until its time', async () => {
    script(error(429, '429', { 'retry-after-ms': '60000' }))
    expect((await gateway.post(path, body)).headers.get('x-huntaze-deployment')).toBe('b')
    expect((await gateway.post(path, body)).headers.get('x-huntaze-deployment')).toBe('b')
    expect(calls()).toEqual([1, 2, 0])
    gateway.container.gateway.gauges.sawFailure('a', {
      class: 'rate_limited',
      retryAfterMs: 0,
      error: { message: '' },
    } as never)
  })

  it('but not after a content filter, whose reason reaches the caller', async () => {
    script([
      {
        kind: 'json',
        status: 400,
        body: {
          error: {
            message: 'Filtered.',
            type: null,
            param: 'prompt',
            code: 'content_filter',
            innererror: {
              code: 'ResponsibleAIPolicyViolation',
              content_filter_result: { hate: { filtered: true, severity: 'high' } },
            },
          },
        },
      },
    ])
    const response = await gateway.post(path, body)
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatchObject({
      code: 'content_filter',
      message: 'Filtered.',
      param: 'prompt',
      innererror: { content_filter_result: { hate: { filtered: true } } },
    })
    expect(calls()).toEqual([1, 0, 0])
    expect((await rows(response)).entry[0]).toMatchObject({
      outcome: 'error',
      error_code: 'content_filter',
      usage_source: 'estimated',
      output_tokens: 0,
    })
  })

  it('says what was tried when none answers, with one row and three attempts', async () => {
    script(error(500, 'x'), error(503, 'x'), [{ kind: 'destroy' }])
    const response = await gateway.post(path, body)
    expect(response.status).toBe(503)
    const { error: said } = await response.json()
    expect(said.code).toBe('provider_unavailable')
    expect(said.message).toContain('a (server_error 500), b (server_error 503), c (reset)')
    expect(said.tried).toHaveLength(3)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    const { entry, attempts } = await rows(response)
    expect(entry).toHaveLength(1)
    expect(entry[0]).toMatchObject({ outcome: 'error', cost_pico_usd: '0', attempts: 3 })
    expect(attempts).toHaveLength(3)
  })

  it('keeps the deadline', async () => {
    script([{ kind: 'never' }], [{ kind: 'never' }], [{ kind: 'never' }])
    const response = await gateway.post(path, body)
    expect(response.status).toBe(504)
    expect((await response.json()).error.code).toBe('provider_timeout')
  })
})

describe('streams', () => {
  const text = async (response: Response) => {
    const raw = await response.text()
    const events = raw
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => event.slice('data: '.length))
    return {
      raw,
      events,
      done: events.at(-1) === '[DONE]',
      said: events.filter((event) => event !== '[DONE]').map((event) => JSON.parse(event)),
    }
  }
  const content = (said: { choices?: { delta?: { content?: string } }[] }[]) =>
    said.map((event) => event.choices?.[0]?.delta?.content ?? '').join('')

  it('pass frames on unchanged and drop the usage frame nobody asked for', async () => {
    script(stream)
    const { events, done } = await text(await gateway.post(path, { ...body, stream: true }))
    expect(events.slice(0, -1).map((event) => JSON.parse(event))).toEqual([
      promptFilterEvent,
      roleEvent,
      textEvent('Hello'),
      textEvent(' there'),
      finishEvent(),
    ])
    expect(done).toBe(true)
    const sent = JSON.parse(upstreams[0]?.requests.at(-1)?.body ?? '{}')
    expect(sent).toMatchObject({
      model: 'name-a',
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 4096,
    })
  })

  it('carry cost and attempts in the usage frame when it was asked for', async () => {
    script(stream)
    const response = await gateway.post(path, {
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    })
    const { said } = await text(response)
    // gpt-4-turbo: $10 and $30 per million; 12 input of which 4 cached at no discount, 3 output.
    expect(said.at(-1)).toMatchObject({
      usage: usageEvent.usage,
      huntaze: { attempts: 1, costUsd: expect.any(Number), overheadMs: expect.any(Number) },
    })
    expect((await rows(response)).entry[0]).toMatchObject({
      outcome: 'success',
      streamed: true,
      finish_reason: 'stop',
      cached_input_tokens: 4,
      reasoning_tokens: 1,
    })
  })

  it.each([
    [
      'a slow first token',
      [{ kind: 'head' }, { kind: 'chunk', data: sse(promptFilterEvent, roleEvent) }, { kind: 'never' }],
      'first_token_timeout',
    ],
    [
      'an error inside a 200',
      [
        { kind: 'head' },
        {
          kind: 'chunk',
          data: sse(promptFilterEvent, {
            error: { message: 'boom', type: 'server_error', param: null, code: null },
          }),
        },
      ],
      'server_error',
    ],
    [
      'a cut before the first token',
      [{ kind: 'head' }, { kind: 'chunk', data: sse(promptFilterEvent, roleEvent) }, { kind: 'destroy' }],
      'cut_stream',
    ],
    ['a 503', error(503, 'x'), 'server_error'],
  ] as [string, Step[], string][])('fall over freely on %s', async (_name, steps, failureClass) => {
    script(steps, stream)
    const response = await gateway.post(path, { ...body, stream: true })
    const { said, done } = await text(response)
    expect([content(said), done]).toEqual(['Hello there', true])
    expect(response.headers.get('x-huntaze-deployment')).toBe('b')
    expect((await rows(response)).attempts[0]).toMatchObject({
      failure_class: failureClass,
      outcome: 'error',
    })
  })

  it.each([
    [
      'cut',
      [
        { kind: 'head' },
        { kind: 'chunk', data: sse(promptFilterEvent, roleEvent, textEvent('Hello')) },
        { kind: 'destroy' },
      ],
    ],
    [
      'ended early',
      [
        { kind: 'head' },
        { kind: 'chunk', data: sse(promptFilterEvent, roleEvent, textEvent('Hello')) },
        { kind: 'end' },
      ],
    ],
    [
      'stalled',
      [
        { kind: 'head' },
        { kind: 'chunk', data: sse(promptFilterEvent, roleEvent, textEvent('Hello')) },
        { kind: 'never' },
      ],
    ],
  ] as [string, Step[]][])('never look finished when %s after the first token', async (_name, steps) => {
    script(steps, stream)
    const response = await gateway.post(path, { ...body, stream: true })
    const { said, done, raw } = await text(response)
    expect(done).toBe(false)
    expect(raw).not.toContain('"finish_reason":"stop"')
    expect(said.at(-1)).toEqual({
      error: { message: expect.any(String), type: 'server_error', param: null, code: 'stream_interrupted' },
    })
    expect(calls()[1]).toBe(0)
    expect((await rows(response)).entry[0]).toMatchObject({
      outcome: 'cut',
      error_code: 'stream_interrupted',
      usage_source: 'estimated',
      output_tokens: 1,
    })
  })

  it('skip a malformed event when the stream completes otherwise', async () => {
    script([
      { kind: 'head' },
      {
        kind: 'chunk',
        data: sse(
          promptFilterEvent,
          roleEvent,
          textEvent('Hello'),
          '{not json',
          textEvent(' there'),
          finishEvent(),
          usageEvent,
          '[DONE]',
        ),
      },
    ])
    const { said, done } = await text(await gateway.post(path, { ...body, stream: true }))
    expect([content(said), done]).toEqual(['Hello there', true])
  })
})

describe('correlation', () => {
  it("P40 carries the caller's correlation id and trace from the door to ledger and provider", async () => {
    script(answer)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const response = await gateway.post(path, body, { 'x-correlation-id': 'order-66', traceparent })
    expect(response.headers.get('x-correlation-id')).toBe('order-66')
    const { entry, attempts } = await rows(response)
    expect(entry[0]).toMatchObject({
      correlation_id: 'order-66',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      parent_span_id: 'b7ad6b7169203331',
      span_id: expect.stringMatching(/^(?!0{16})[0-9a-f]{16}$/),
    })
    const sent = upstreams[0]?.requests.at(-1)
    expect(sent?.headers.traceparent).toBe(`00-0af7651916cd43dd8448eb211c80319c-${attempts[0]?.span_id}-01`)
    expect(sent?.headers['x-ms-client-request-id']).toBe(response.headers.get('x-request-id'))
  })
})
