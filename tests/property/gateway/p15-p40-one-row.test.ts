import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainCatalog, startGateway, type TestGateway, testApiKey } from '#tests/support/start-gateway'
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
beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  gateway = await startGateway({
    catalog: chainCatalog(
      upstreams.map(({ url }) => url),
      { attemptTimeoutMs: 300, ttftMs: 300, idleMs: 300 },
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
})

const head = { kind: 'head' } as const
const begin = sse(promptFilterEvent, roleEvent, textEvent('Hello'))
const failure = (status: number): Step[] => [
  { kind: 'json', status, body: { error: { message: 'no', type: null, param: null, code: 'x' } } },
]

/** What one deployment does with a call; whole answers and streams are told apart by what was asked. */
const behaviours: Record<string, (stream: boolean) => Step[]> = {
  answers: (stream) =>
    stream
      ? [head, { kind: 'chunk', data: begin + sse(textEvent(' there'), finishEvent(), usageEvent, '[DONE]') }]
      : [{ kind: 'json', body: answerBody }],
  answersWithoutUsage: (stream) =>
    stream
      ? [head, { kind: 'chunk', data: begin + sse(finishEvent(), '[DONE]') }]
      : [{ kind: 'json', body: { ...answerBody, usage: undefined } }],
  fails: () => failure(500),
  isFull: () => failure(429),
  refuses: () => failure(400),
  resets: () => [{ kind: 'destroy' }],
  isCut: (stream) =>
    stream ? [head, { kind: 'chunk', data: begin }, { kind: 'destroy' }] : [{ kind: 'destroy' }],
  isSilent: () => [{ kind: 'never' }],
}
const behaviour = fc.constantFrom(...Object.keys(behaviours))
const call = fc.record({
  first: behaviour,
  second: behaviour,
  stream: fc.boolean(),
  hangUp: fc.boolean(),
  bad: fc.boolean(),
  correlation: fc.option(fc.stringMatching(/^[a-z0-9-]{4,20}$/), { nil: null }),
  creator: fc.option(fc.constantFrom('creator_a', 'creator_b'), { nil: null }),
})
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

async function play(one: Call): Promise<{ id: string | null; status: number }> {
  for (const [index, upstream] of upstreams.entries()) {
    upstream.respond(
      (request) =>
        behaviours[index === 0 ? one.first : one.second]?.(request.body.includes('"stream":true')) ?? [],
    )
  }
  const abort = new AbortController()
  const response = await fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${testApiKey}`,
      'content-type': 'application/json',
      ...(one.correlation ? { 'x-correlation-id': one.correlation } : {}),
      ...(one.creator ? { 'x-huntaze-creator-id': one.creator } : {}),
    },
    body: JSON.stringify({
      model: one.bad ? 'platinum' : 'premium',
      stream: one.stream,
      messages: [{ role: 'user', content: 'Hello?' }],
    }),
  })
  if (one.hangUp) abort.abort()
  else await response.text()
  return { id: response.headers.get('x-request-id'), status: response.status }
}

const query = async (text: string, values: unknown[] = []) => {
  await gateway.container.ledger.caughtUp()
  return (await gateway.container.db.pool.query(text, values)).rows
}

describe('one row', () => {
  it('P15 P40 whatever becomes of a request, it has exactly one ledger row with its correlation id, refused ones none', async () => {
    await fc.assert(
      fc.asyncProperty(call, async (one) => {
        const before = Number((await query('SELECT count(*) FROM ledger_entries'))[0].count)
        const { id } = await play(one)
        await expect.poll(() => gateway.container.gateway.running.size).toBe(0)
        await expect.poll(() => gateway.container.ledger.pending()).toBe(0)
        const rows = await query('SELECT * FROM ledger_entries WHERE id = $1', [id])
        expect(Number((await query('SELECT count(*) FROM ledger_entries'))[0].count)).toBe(
          before + (one.bad ? 0 : 1),
        )
        if (one.bad) return
        expect(rows).toHaveLength(1)
        const [row] = rows
        expect(row.correlation_id).toBe(one.correlation ?? id)
        expect(row.creator_id).toBe(one.creator)
        const attempts = await query('SELECT * FROM attempts WHERE request_id = $1 ORDER BY sequence', [id])
        expect(attempts).toHaveLength(row.attempts)
        expect(attempts.reduce((sum, { input_tokens }) => sum + input_tokens, 0)).toBe(row.input_tokens)
        expect(attempts.reduce((sum, { output_tokens }) => sum + output_tokens, 0)).toBe(row.output_tokens)
        expect(attempts.reduce((sum, { cost_pico_usd }) => sum + BigInt(cost_pico_usd), 0n)).toBe(
          BigInt(row.cost_pico_usd),
        )
        expect(attempts.filter(({ outcome }) => outcome === 'success').length).toBe(
          row.outcome === 'success' ? 1 : 0,
        )
        expect(row.outcome === 'success').toBe(row.error_code === null)
        expect(
          gateway.container.gateway.gauges.read('a').inFlight +
            gateway.container.gateway.gauges.read('b').inFlight,
        ).toBe(0)
      }),
      { numRuns: 120 },
    )
    const [sums] =
      await query(`SELECT (SELECT sum(cost_pico_usd) FROM ledger_entries)::text AS ledger, (SELECT sum(cost_pico_usd) FROM usage_days)::text AS days,
      (SELECT sum(cost_pico_usd) FROM attempts)::text AS attempts, (SELECT count(*) FROM ledger_entries)::text AS entries, (SELECT sum(requests) FROM usage_days)::text AS requests`)
    expect([sums.days, sums.attempts, sums.requests]).toEqual([sums.ledger, sums.ledger, sums.entries])
  })
})
