import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Scenarios, startScenarios } from '#tests/support/start-scenarios'
import {
  answerBody,
  finishEvent,
  promptFilterEvent,
  roleEvent,
  textEvent,
  usageEvent,
} from '#tests/upstreams/chat-events'
import { type Step, sse } from '#tests/upstreams/scripted-upstream'

const answer: Step[] = [{ kind: 'json', body: answerBody }]
const error = (status: number, headers: Record<string, string> = {}): Step[] => [
  { kind: 'json', status, headers, body: { error: { message: `said ${status}`, type: null, code: null } } },
]
const events = ['One', ' two', ' three'].map((text) => textEvent(text))
const stream: Step[] = [
  { kind: 'head' },
  { kind: 'chunk', data: sse(promptFilterEvent, roleEvent, ...events, finishEvent(), usageEvent, '[DONE]') },
]
const part = (count: number, end: Step): Step[] => [
  { kind: 'head' },
  { kind: 'chunk', data: sse(promptFilterEvent, roleEvent, ...events.slice(0, count)) },
  end,
]
const impatient = { attemptTimeoutMs: 400, ttftMs: 500, idleMs: 400, deadlineMs: 8_000 }

let scenarios: Scenarios
beforeAll(async () => {
  scenarios = await startScenarios({
    flaky: { deployments: 2 },
    persistent: { deployments: 2 },
    full: { deployments: 1 },
    fullTwice: { deployments: 2 },
    soon: { deployments: 1 },
    tooLate: { deployments: 1, tier: { deadlineMs: 3_000 } },
    silent: { deployments: 2, tier: impatient },
    slow: { deployments: 2, tier: impatient },
    cut: { deployments: 2, tier: impatient },
    stalled: { deployments: 2, tier: impatient },
    hopeless: { deployments: 2, tier: { ...impatient, policy: { retry: { maxAttempts: 1 } } } },
    tierComplete: { deployments: 2, tier: { ...impatient, policy: { stream: 'complete' } } },
    keepAlive: { deployments: 1, tier: { idleMs: 20_000 } },
    open: { deployments: 1, tier: { policy: { breaker: { openForMs: 60_000 } } } },
    repeats: {
      deployments: 1,
      tier: {
        policy: {
          retry: { maxAttempts: 1 },
          breaker: { minimumCalls: 1_000 },
          whenExhausted: { cachedAnswerMaxAgeMs: 600_000 },
        },
      },
    },
    simpler: {
      deployments: 1,
      tier: { policy: { retry: { maxAttempts: 1 }, whenExhausted: { tier: 'spare' } } },
    },
    spare: { deployments: 1 },
    filtered: { deployments: 2, tier: { policy: { contentFilterFallback: true } } },
    hedged: { deployments: 2, tier: { policy: { hedge: { enabled: true, defaultDelayMs: 150 } } } },
    narrow: {
      deployments: 1,
      tier: { policy: { bulkhead: { maxInFlight: 1, queue: 1, maxWaitMs: 10_000 } } },
    },
    spills: { deployments: 2, tier: { policy: { bulkhead: { maxInFlight: 1, queue: 0 } } } },
  })
})
afterAll(() => scenarios.close())

const rows = async (response: Response) => {
  await scenarios.gateway.container.ledger.caughtUp()
  const { pool } = scenarios.gateway.container.db
  const id = response.headers.get('x-request-id')
  const entry = (await pool.query('SELECT * FROM ledger_entries WHERE id = $1', [id])).rows[0]
  const attempts = (await pool.query('SELECT * FROM attempts WHERE request_id = $1 ORDER BY sequence', [id]))
    .rows
  return { entry, attempts }
}
const readStream = async (response: Response) => {
  const raw = await response.text()
  const said = raw.split('\n\n').filter((event) => event.startsWith('data: {'))
  const parsed = said.map((event) => JSON.parse(event.slice('data: '.length)))
  return {
    raw,
    parsed,
    text: parsed.map((event) => event.choices?.[0]?.delta?.content ?? '').join(''),
    finished: raw.includes('"finish_reason":"stop"') || raw.includes('[DONE]'),
  }
}

describe('the same again', () => {
  it('asks once more after a 503 and stays there', async () => {
    const { upstreams, chat, calls } = scenarios.of('flaky')
    upstreams[0]?.respond(error(503), answer)
    upstreams[1]?.respond(answer)
    const response = await chat()
    expect(response.headers.get('x-huntaze-deployment')).toBe('flaky-a')
    expect(calls()).toEqual([2, 0])
    expect((await rows(response)).attempts.map(({ outcome }) => outcome)).toEqual(['error', 'success'])
  })

  it.each([429, 503])('asks the primary at most three times on a persistent %i', async (status) => {
    const { script, chat, calls } = scenarios.of('persistent')
    script(error(status), answer)
    const before = calls()
    const response = await chat()
    expect(response.headers.get('x-huntaze-deployment')).toBe('persistent-b')
    expect((calls()[0] ?? 0) - (before[0] ?? 0)).toBeLessThanOrEqual(3)
  })

  it.each([
    ['seconds', 'full', { 'retry-after': '2' }, 1_800],
    ['milliseconds', 'soon', { 'retry-after-ms': '300', 'retry-after': '60' }, 270],
  ])('waits for a Retry-After in %s where nobody else is left', async (_form, name, headers, leastMs) => {
    const { upstreams, chat, calls } = scenarios.of(name)
    upstreams[0]?.respond(error(429, headers), answer)
    const beganMs = performance.now()
    const response = await chat()
    expect(response.status).toBe(200)
    expect(performance.now() - beganMs).toBeGreaterThan(leastMs)
    expect(calls()).toEqual([2])
  })

  it('waits for the one that may be asked soonest when all are full', async () => {
    const { script, upstreams, chat } = scenarios.of('fullTwice')
    script(error(429, { 'retry-after-ms': '60000' }), error(429))
    upstreams[1]?.respond(error(429, { 'retry-after-ms': '200' }), answer)
    const response = await chat()
    expect(response.headers.get('x-huntaze-deployment')).toBe('fullTwice-b')
  })

  it('does not wait beyond the deadline, and says when to come back', async () => {
    const { script, chat, calls } = scenarios.of('tooLate')
    script(error(429, { 'retry-after': '60' }))
    const response = await chat()
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('60')
    expect(calls()).toEqual([1])
  })
})

describe('the next one', () => {
  it('after one silent attempt', async () => {
    const { script, chat, calls } = scenarios.of('silent')
    script([{ kind: 'never' }], answer)
    expect((await chat()).headers.get('x-huntaze-deployment')).toBe('silent-b')
    expect(calls()).toEqual([1, 1])
  })

  it('after a first token that does not come', async () => {
    const { script, chat, calls } = scenarios.of('slow')
    script(
      [{ kind: 'head' }, { kind: 'chunk', data: sse(promptFilterEvent, roleEvent) }, { kind: 'never' }],
      stream,
    )
    const response = await chat({ stream: true })
    expect((await readStream(response)).text).toBe('One two three')
    expect(response.headers.get('x-huntaze-deployment')).toBe('slow-b')
    expect(calls()).toEqual([1, 1])
  })

  it('after a content filter, where the tier allows it', async () => {
    const { upstreams, chat } = scenarios.of('filtered')
    upstreams[0]?.respond([
      {
        kind: 'json',
        status: 400,
        body: { error: { message: 'Filtered.', type: null, param: 'prompt', code: 'content_filter' } },
      },
    ])
    upstreams[1]?.respond(answer)
    expect((await chat()).headers.get('x-huntaze-deployment')).toBe('filtered-b')
  })
})

describe('complete streams', () => {
  it.each([
    ['cut', part(2, { kind: 'destroy' }), 'cut_stream'],
    ['stalled', part(1, { kind: 'never' }), 'idle_timeout'],
  ])('give the whole answer when the primary’s is %s', async (name, broken, failureClass) => {
    const { script, chat } = scenarios.of(name)
    script(broken, stream)
    const response = await chat(
      { stream: true, stream_options: { include_usage: true } },
      { 'x-huntaze-stream': 'complete' },
    )
    const { text, finished, parsed } = await readStream(response)
    expect([text, finished]).toEqual(['One two three', true])
    expect(response.headers.get('x-huntaze-stream')).toBe('complete')
    expect(parsed.at(-1)).toMatchObject({
      usage: usageEvent.usage,
      huntaze: { deployment: `${name}-b`, attempts: expect.any(Number) },
    })
    const { entry, attempts } = await rows(response)
    expect(entry).toMatchObject({ outcome: 'success', deployment_id: `${name}-b`, finish_reason: 'stop' })
    expect(attempts[0]).toMatchObject({ outcome: 'cut', failure_class: failureClass })
    expect(attempts[0].output_tokens).toBeGreaterThan(0)
    expect(attempts.at(-1)).toMatchObject({ outcome: 'success' })
  })

  it.each([
    ['cut', part(2, { kind: 'destroy' })],
    ['stalled', part(1, { kind: 'never' })],
  ])('and without it a %s stream ends with a typed error', async (name, broken) => {
    const { script, chat } = scenarios.of(name)
    script(broken, stream)
    const { finished, parsed } = await readStream(await chat({ stream: true }))
    expect(finished).toBe(false)
    expect(parsed.at(-1).error).toMatchObject({ code: 'stream_interrupted', type: 'server_error' })
  })

  it('are an error with nothing said when no deployment gives a whole answer', async () => {
    const { script, chat } = scenarios.of('hopeless')
    script(part(1, { kind: 'destroy' }), part(2, { kind: 'end' }))
    const response = await chat({ stream: true }, { 'x-huntaze-stream': 'complete' })
    expect(response.status).toBe(502)
    expect((await response.json()).error).toMatchObject({ code: 'stream_interrupted' })
    const { entry, attempts } = await rows(response)
    expect(entry.outcome).toBe('error')
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['cut', 'cut'])
  })

  it('are the default of a tier that says so, and a caller may ask for tokens as they come', async () => {
    const { script, chat } = scenarios.of('tierComplete')
    script(part(2, { kind: 'destroy' }), stream)
    expect((await readStream(await chat({ stream: true }))).text).toBe('One two three')
    const asked = await chat({ stream: true }, { 'x-huntaze-stream': 'progressive' })
    expect((await readStream(asked)).finished).toBe(false)
  })

  it('send keep-alive comments while they are held', async () => {
    const { script, chat } = scenarios.of('keepAlive')
    const gate = Promise.withResolvers<void>()
    const held: Step = { kind: 'wait', until: gate.promise }
    script([...part(1, held), { kind: 'chunk', data: sse(...events.slice(1), finishEvent(), '[DONE]') }])
    const response = await chat({ stream: true }, { 'x-huntaze-stream': 'complete' })
    const reader = response.body?.getReader()
    const first = new TextDecoder().decode((await reader?.read())?.value)
    expect(first).toBe(': keep-alive\n\n')
    gate.resolve()
    let rest = ''
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
      rest += new TextDecoder().decode(next.value)
    expect(rest).toContain('[DONE]')
  })

  it('refuse an unknown mode', async () => {
    const response = await scenarios.of('keepAlive').chat({ stream: true }, { 'x-huntaze-stream': 'whole' })
    expect(response.status).toBe(400)
    expect((await response.json()).error.param).toBe('x-huntaze-stream')
  })
})

describe('when nothing is left', () => {
  it('answers 503 with what is closed to it and when the next probe is', async () => {
    const { script, chat, calls } = scenarios.of('open')
    script(error(500))
    await chat()
    const asked = calls()[0]
    const response = await chat()
    expect(response.status).toBe(503)
    const { error: said } = await response.json()
    expect(said).toMatchObject({ code: 'provider_unavailable', tried: [] })
    expect(said.not_asked[0]).toMatchObject({ deployment: 'open-a', state: 'open' })
    expect(Date.parse(said.not_asked[0].retry_at)).toBeGreaterThan(Date.now())
    const retryAfterS = Number(response.headers.get('retry-after'))
    expect(retryAfterS).toBeGreaterThan(0)
    expect(Date.now() + retryAfterS * 1000).toBeLessThanOrEqual(Date.parse(said.not_asked[0].retry_at) + 1000)
    expect(calls()[0]).toBe(asked)
  })

  it.each([false, true])('repeats a recent answer to the same request (stream: %s)', async (streamed) => {
    const { script, chat } = scenarios.of('repeats')
    script(answer)
    const body = { messages: [{ role: 'user', content: `Say it again, streamed ${streamed}` }] }
    expect((await chat(body)).headers.get('x-huntaze-cache')).toBeNull()
    script(error(500))
    const response = await chat({ ...body, stream: streamed })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-huntaze-cache')).toBe('stale')
    const said = streamed
      ? (await readStream(response)).text
      : (await response.json()).choices[0].message.content
    expect(said).toBe('Hello there')
    const { entry } = await rows(response)
    expect(entry).toMatchObject({ outcome: 'success', cost_pico_usd: '0', output_tokens: 0 })
    expect((await chat({ messages: [{ role: 'user', content: 'Something else' }] })).status).toBe(503)
  })

  it('asks the simpler tier', async () => {
    const { script, chat } = scenarios.of('simpler')
    script(error(500))
    scenarios.of('spare').script(answer)
    const response = await chat()
    expect(response.headers.get('x-huntaze-deployment')).toBe('spare-a')
    const { entry } = await rows(response)
    expect(entry.tier).toBe('simpler')
    expect(entry.plan_reasons.map(({ code }: { code: string }) => code)).toContain('fallback')
  })
})

describe('hedges', () => {
  it('ask a second one when the first token is late; the first token wins and both are priced', async () => {
    const { script, chat, calls, upstreams } = scenarios.of('hedged')
    script([{ kind: 'head' }, { kind: 'never' }], stream)
    const response = await chat({ stream: true })
    expect((await readStream(response)).text).toBe('One two three')
    expect(response.headers.get('x-huntaze-deployment')).toBe('hedged-b')
    expect(calls()).toEqual([1, 1])
    expect(await upstreams[0]?.requests[0]?.over).toBe('aborted')
    const { entry, attempts } = await rows(response)
    expect(entry).toMatchObject({ outcome: 'success', deployment_id: 'hedged-b' })
    expect(attempts.map(({ deployment_id, outcome }) => [deployment_id, outcome])).toEqual([
      ['hedged-a', 'cancelled'],
      ['hedged-b', 'success'],
    ])
    expect(Number(attempts[0].cost_pico_usd)).toBeGreaterThan(0)
    expect(BigInt(entry.cost_pico_usd)).toBe(
      BigInt(attempts[0].cost_pico_usd) + BigInt(attempts[1].cost_pico_usd),
    )
  })

  it('leave a first token that is on time alone', async () => {
    const { script, chat, calls } = scenarios.of('hedged')
    script(stream, stream)
    const before = calls()
    expect((await readStream(await chat({ stream: true }))).finished).toBe(true)
    expect(calls()).toEqual([(before[0] ?? 0) + 1, before[1]])
  })
})

describe('bulkheads', () => {
  it('queue one, refuse the next with 503 and Retry-After, and lose no place', async () => {
    const { script, chat, upstreams } = scenarios.of('narrow')
    const gate = Promise.withResolvers<void>()
    script([{ kind: 'wait', until: gate.promise }, ...answer])
    const first = chat()
    await upstreams[0]?.arrived(0)
    const second = chat()
    const bulkhead = () => scenarios.gateway.container.gateway.bulkheads.read('narrow-a')
    await expect.poll(() => bulkhead().queued).toBe(1)
    const third = await chat()
    expect(third.status).toBe(503)
    expect((await third.json()).error.code).toBe('overloaded')
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    gate.resolve()
    expect((await first).status).toBe(200)
    expect((await second).status).toBe(200)
    expect(bulkhead()).toEqual({ inFlight: 0, queued: 0, maxInFlight: 1 })
  })

  it('send what has no place to the next candidate', async () => {
    const { script, chat, upstreams } = scenarios.of('spills')
    const gate = Promise.withResolvers<void>()
    script([{ kind: 'wait', until: gate.promise }, ...answer], answer)
    const first = chat()
    await upstreams[0]?.arrived(0)
    expect((await chat()).headers.get('x-huntaze-deployment')).toBe('spills-b')
    gate.resolve()
    expect((await first).headers.get('x-huntaze-deployment')).toBe('spills-a')
  })
})
