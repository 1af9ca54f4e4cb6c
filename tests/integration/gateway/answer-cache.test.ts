import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chainCatalog, startGateway, type TestGateway, testApiKey } from '#tests/support/start-gateway'
import { answerBody, finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import {
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

let upstream: ScriptedUpstream
let gateway: TestGateway
let seen = 0
let nowMs = Date.now()
const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() }
const path = '/api/v1/chat/completions'
const answer: Step[] = [{ kind: 'json', body: answerBody }]
const streamed: Step[] = [
  { kind: 'head' },
  {
    kind: 'chunk',
    data: sse(roleEvent, textEvent('Hello'), textEvent(' there'), finishEvent(), usageEvent, '[DONE]'),
  },
]
let question = 0
/** A question that nobody has asked yet. */
const fresh = (changes: Record<string, unknown> = {}) => {
  question += 1
  return {
    model: 'premium',
    messages: [{ role: 'user' as const, content: `Question ${question}` }],
    temperature: 0,
    ...changes,
  }
}
const calls = () => upstream.requests.length - seen
const cacheOf = (response: Response) => response.headers.get('x-huntaze-cache')
const row = async (response: Response) => {
  await gateway.container.ledger.caughtUp()
  const { rows } = await gateway.container.db.pool.query('SELECT * FROM ledger_entries WHERE id = $1', [
    response.headers.get('x-request-id'),
  ])
  return rows
}
const setRules = async (rules: unknown) => {
  const { settings, configuration } = gateway.container
  await settings.update(
    { answerCache: { rules, maxMegabytes: 1 } as never },
    { actorId: 'test', atMs: nowMs },
  )
  await configuration.check()
}

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  gateway = await startGateway({ catalog: chainCatalog([upstream.url]), clock })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(async () => {
  upstream.respond(answer)
  seen = upstream.requests.length
  await setRules([{ model: 'premium', operation: null, ttlSeconds: 60, maxTemperature: 0 }])
})

describe('a route with an answer cache', () => {
  it('asks a provider once and gives the same answer again, free and in the ledger with what it saved', async () => {
    const body = fresh()
    const first = await gateway.post(path, body)
    expect([first.status, cacheOf(first)]).toEqual([200, 'miss'])
    nowMs += 5_000
    const second = await gateway.post(path, {
      temperature: 0,
      messages: body.messages,
      model: 'premium',
      user: 'x',
    })
    expect([second.status, cacheOf(second), second.headers.get('age')]).toEqual([200, 'hit', '5'])
    expect(second.headers.get('x-huntaze-cost-usd')).toBe('0')
    expect(second.headers.get('x-huntaze-attempts')).toBe('0')
    expect(await second.json()).toEqual(await first.json())
    expect(calls()).toBe(1)
    const [paid] = await row(first)
    const rows = await row(second)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      outcome: 'success',
      cost_pico_usd: '0',
      attempts: 0,
      input_tokens: 0,
      deployment_id: '',
    })
    expect(rows[0].plan_reasons.at(-1)).toMatchObject({
      code: 'cache',
      cache: 'hit',
      deploymentId: 'a',
      savedPicoUsd: paid.cost_pico_usd,
    })
  })

  it('asks again when the answer is as old as its time to live', async () => {
    const body = fresh()
    await gateway.post(path, body)
    nowMs += 59_999
    expect(cacheOf(await gateway.post(path, body))).toBe('hit')
    nowMs += 1
    expect(cacheOf(await gateway.post(path, body))).toBe('miss')
    expect(calls()).toBe(2)
  })

  it('is off for every other route, without a word about it', async () => {
    await setRules([])
    const body = fresh()
    expect(cacheOf(await gateway.post(path, body))).toBeNull()
    expect(cacheOf(await gateway.post(path, body))).toBeNull()
    await setRules([{ model: 'premium', operation: 'sales' }])
    expect(cacheOf(await gateway.post(path, body))).toBeNull()
    const sales = { 'x-huntaze-operation': 'sales' }
    expect(cacheOf(await gateway.post(path, body, sales))).toBe('miss')
    expect(cacheOf(await gateway.post(path, body, sales))).toBe('hit')
    expect(calls()).toBe(4)
  })

  it('leaves requests alone that cannot be answered twice, and says why', async () => {
    for (const [changes, why] of [
      [{ temperature: 0.7 }, 'temperature'],
      [{ temperature: undefined }, 'temperature'],
      [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
      [{ n: 2 }, 'choices'],
    ] as const) {
      const body = fresh(changes)
      for (const _ of [1, 2]) {
        const response = await gateway.post(path, body)
        expect([cacheOf(response), response.headers.get('x-huntaze-cache-reason')]).toEqual(['bypass', why])
      }
    }
    expect(calls()).toBe(8)
  })

  it('obeys the caller: bypass neither looks nor keeps, refresh keeps anew, anything else is refused', async () => {
    const body = fresh()
    const bypass = { 'x-huntaze-cache': 'bypass' }
    expect(cacheOf(await gateway.post(path, body, bypass))).toBe('bypass')
    expect(cacheOf(await gateway.post(path, body))).toBe('miss')
    upstream.respond([{ kind: 'json', body: { ...answerBody, id: 'newer' } }])
    expect(cacheOf(await gateway.post(path, body, { 'x-huntaze-cache': 'refresh' }))).toBe('miss')
    expect(await (await gateway.post(path, body)).json()).toMatchObject({ id: 'newer' })
    const refused = await gateway.post(path, body, { 'x-huntaze-cache': 'maybe' })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { param: 'x-huntaze-cache' } })
    expect(calls()).toBe(3)
  })

  it('keeps no answer that failed, was filtered or was cut', async () => {
    for (const [steps, status] of [
      [[{ kind: 'json', status: 400, body: { error: { message: 'no', code: 'x' } } }], 400],
      [
        [
          {
            kind: 'json',
            body: { ...answerBody, choices: [{ ...answerBody.choices[0], finish_reason: 'content_filter' }] },
          },
        ],
        200,
      ],
      [
        [{ kind: 'head' }, { kind: 'chunk', data: sse(roleEvent, textEvent('Hel')) }, { kind: 'destroy' }],
        200,
      ],
    ] as [Step[], number][]) {
      upstream.respond(steps)
      const body = fresh({ stream: steps.length > 1 })
      const response = await gateway.post(path, body)
      expect(response.status).toBe(status)
      await response.text()
      upstream.respond(answer)
      const again = await gateway.post(path, { ...body, stream: false })
      expect(cacheOf(again)).toBe('miss')
    }
  })
})

describe('a kept answer as a stream', () => {
  const client = () => new OpenAI({ apiKey: testApiKey, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 })

  it.each(['progressive', 'complete'])(
    'is %s with OpenAI’s chunks, and its usage where asked for',
    async (mode) => {
      upstream.respond(streamed)
      const body = fresh({ stream: true })
      const first = await gateway.post(path, body, { 'x-huntaze-stream': mode })
      expect(cacheOf(first)).toBe('miss')
      expect(await first.text()).not.toContain('usage":{')
      const events: OpenAI.ChatCompletionChunk[] = []
      const stream = await client().chat.completions.create(
        { ...body, stream: true, stream_options: { include_usage: true } },
        { headers: { 'x-huntaze-stream': mode } },
      )
      for await (const event of stream) events.push(event)
      expect(calls()).toBe(1)
      expect(new Set(events.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']))
      expect(events[0]?.choices[0]?.delta.role).toBe('assistant')
      expect(events.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello there')
      expect(events.filter(({ choices }) => choices[0]?.finish_reason === 'stop')).toHaveLength(1)
      expect(events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } })
      const whole = await gateway.post(path, { ...body, stream: false })
      expect(cacheOf(whole)).toBe('hit')
      expect(await whole.json()).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 12 },
      })
    },
  )
})

describe('equal requests at the same time', () => {
  const held = () => {
    const gate = Promise.withResolvers<void>()
    return { gate, steps: [{ kind: 'wait', until: gate.promise }, ...answer] as Step[] }
  }

  it('ask once, and all hear the one answer', async () => {
    const { gate, steps } = held()
    upstream.respond(steps)
    const body = fresh()
    const responses = Array.from({ length: 20 }, () => gateway.post(path, body))
    await upstream.arrived(seen)
    gate.resolve()
    const results = (await Promise.all(responses)).map(cacheOf).sort()
    expect(results).toEqual([...Array(19).fill('hit'), 'miss'])
    expect(calls()).toBe(1)
    expect(gateway.container.gateway.answers.flights.count()).toBe(0)
  })

  it('ask for themselves when the first one fails', async () => {
    const gate = Promise.withResolvers<void>()
    const failing: Step[] = [
      { kind: 'wait', until: gate.promise },
      { kind: 'json', status: 400, body: { error: { message: 'no', code: 'x' } } },
    ]
    upstream.respond(failing, answer)
    const body = fresh()
    const leader = gateway.post(path, body)
    await upstream.arrived(seen)
    const followers = Array.from({ length: 4 }, () => gateway.post(path, body))
    gate.resolve()
    expect((await leader).status).toBe(400)
    expect((await Promise.all(followers)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(gateway.container.gateway.answers.flights.count()).toBe(0)
  })

  it('go on with one of the others when the caller of the first one hangs up', async () => {
    upstream.respond([{ kind: 'never' }], answer)
    const body = fresh()
    const hangUp = new AbortController()
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    const leader = fetch(gateway.url + path, { ...init, signal: hangUp.signal })
    leader.catch(() => undefined)
    await upstream.arrived(seen)
    const followers = Array.from({ length: 5 }, () => fetch(gateway.url + path, init))
    hangUp.abort()
    const results = (await Promise.all(followers)).map(cacheOf).sort()
    expect(results).toEqual(['hit', 'hit', 'hit', 'hit', 'miss'])
    expect(calls()).toBe(2)
  })

  it('of a follower that hangs up leave nothing behind', async () => {
    const { gate, steps } = held()
    upstream.respond(steps)
    const body = fresh()
    const leader = gateway.post(path, body)
    await upstream.arrived(seen)
    const hangUp = new AbortController()
    const follower = fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: hangUp.signal,
    })
    follower.catch(() => undefined)
    hangUp.abort()
    await expect(follower).rejects.toThrow()
    gate.resolve()
    expect((await leader).status).toBe(200)
    expect(calls()).toBe(1)
  })
})
