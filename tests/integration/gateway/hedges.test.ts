import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestAbort } from '#server/gateway/request-abort'
import { type Scenarios, startScenarios } from '#tests/support/start-scenarios'
import { finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import { type Step, sse } from '#tests/upstreams/scripted-upstream'

const stream: Step[] = [
  { kind: 'head' },
  {
    kind: 'chunk',
    data: sse(roleEvent, textEvent('One'), textEvent(' two'), finishEvent(), usageEvent, '[DONE]'),
  },
]
const silent: Step[] = [{ kind: 'head' }, { kind: 'never' }]
const failing: Step[] = [
  { kind: 'json', status: 503, body: { error: { message: 'said 503', type: null, code: null } } },
]
const filtering: Step[] = [
  {
    kind: 'json',
    status: 400,
    body: { error: { message: 'Filtered.', type: null, param: 'prompt', code: 'content_filter' } },
  },
]
const hedged = (hedge: object) => ({
  deployments: 2,
  tier: { policy: { hedge: { enabled: true, defaultDelayMs: 100, ...hedge }, retry: { maxAttempts: 1 } } },
})

let scenarios: Scenarios
const aborts: RequestAbort[] = []
beforeAll(async () => {
  scenarios = await startScenarios({
    measured: hedged({ defaultDelayMs: 60_000, minimumSamples: 3 }),
    failsLate: hedged({}),
    refused: hedged({}),
    left: hedged({}),
    whole: hedged({}),
    share: hedged({ maxShare: 0.001 }),
    crowded: hedged({}),
  })
  const { running } = scenarios.gateway.container.gateway
  const add = running.add.bind(running)
  running.add = (abort) => {
    aborts.push(abort)
    return add(abort)
  }
})
afterAll(() => scenarios.close())

const attemptsOf = async (response: Response) => {
  await scenarios.gateway.container.ledger.caughtUp()
  const id = response.headers.get('x-request-id')
  const { pool } = scenarios.gateway.container.db
  const { rows } = await pool.query('SELECT * FROM attempts WHERE request_id = $1 ORDER BY sequence', [id])
  return rows.map(({ deployment_id, outcome, failure_class }) => [deployment_id, outcome, failure_class])
}
const servedBy = (response: Response) => response.headers.get('x-huntaze-deployment')

describe('a hedge', () => {
  it('is sent after the p95 of the first tokens, once enough were measured', async () => {
    const { script, chat, calls } = scenarios.of('measured')
    script(stream, stream)
    for (let turn = 0; turn < 3; turn += 1) await (await chat({ stream: true })).text()
    expect(calls()).toEqual([3, 0])
    script(silent, stream)
    const response = await chat({ stream: true })
    expect(await response.text()).toContain('[DONE]')
    expect([servedBy(response), response.headers.get('x-huntaze-attempts')]).toEqual(['measured-b', '2'])
  })

  it('answers when the first one fails after it was sent', async () => {
    const { script, chat, upstreams, calls } = scenarios.of('failsLate')
    const gate = Promise.withResolvers<void>()
    script(
      [{ kind: 'wait', until: gate.promise }, ...failing],
      [{ kind: 'wait', until: gate.promise }, ...stream],
    )
    const asked = chat({ stream: true })
    await upstreams[1]?.arrived(0)
    gate.resolve()
    const response = await asked
    expect(await response.text()).toContain('[DONE]')
    expect(calls()).toEqual([1, 1])
    expect(await attemptsOf(response)).toEqual([
      ['failsLate-a', 'error', 'server_error'],
      ['failsLate-b', 'success', null],
    ])
  })

  it('does not answer what a content filter refused', async () => {
    const { script, chat, upstreams } = scenarios.of('refused')
    const gate = Promise.withResolvers<void>()
    script([{ kind: 'wait', until: gate.promise }, ...filtering], silent)
    const asked = chat({ stream: true })
    const hedge = await upstreams[1]?.arrived(0)
    gate.resolve()
    const response = await asked
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatchObject({ code: 'content_filter', message: 'Filtered.' })
    expect(await hedge?.over).toBe('aborted')
    expect(await attemptsOf(response)).toEqual([
      ['refused-a', 'error', 'content_filter'],
      ['refused-b', 'cancelled', 'cancelled'],
    ])
  })

  it('is cancelled down to the socket like the first one when the caller leaves', async () => {
    const { script, upstreams, ids } = scenarios.of('left')
    script(silent, silent)
    const caller = new AbortController()
    const asked = fetch(`${scenarios.gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      signal: caller.signal,
      headers: {
        authorization: `Bearer ${scenarios.gateway.container.env.HUNTAZE_BOOTSTRAP_API_KEY}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ model: 'left', stream: true, messages: [{ role: 'user', content: 'Hello?' }] }),
    }).catch(() => null)
    const requests = await Promise.all(upstreams.map((upstream) => upstream.arrived(0)))
    caller.abort()
    expect(await Promise.all(requests.map(({ over }) => over))).toEqual(['aborted', 'aborted'])
    expect(await asked).toBeNull()
    const { gateway } = scenarios.gateway.container
    await expect.poll(() => gateway.running.size).toBe(0)
    for (const id of ids) expect(gateway.gauges.read(id).inFlight).toBe(0)
  })

  it('serves a held stream too', async () => {
    const { script, chat } = scenarios.of('whole')
    script(silent, stream)
    const response = await chat({ stream: true }, { 'x-huntaze-stream': 'complete' })
    expect(await response.text()).toContain('[DONE]')
    expect(await attemptsOf(response)).toEqual([
      ['whole-a', 'cancelled', 'cancelled'],
      ['whole-b', 'success', null],
    ])
  })

  it('is not sent beyond the tier’s share of streams', async () => {
    const { script, chat, calls } = scenarios.of('share')
    script(silent, stream)
    for (let turn = 0; turn < 3; turn += 1)
      expect(servedBy(await drained(chat({ stream: true })))).toBe('share-b')
    const refused = Promise.withResolvers<void>()
    const { hedges } = scenarios.gateway.container.gateway
    const { take } = hedges
    hedges.take = (tier) => {
      const isTaken = take(tier)
      if (!isTaken) refused.resolve()
      return isTaken
    }
    script([{ kind: 'wait', until: refused.promise }, ...stream], stream)
    expect(servedBy(await drained(chat({ stream: true })))).toBe('share-a')
    hedges.take = take
    expect(calls()).toEqual([4, 3])
  })

  it('leaves nothing behind, however many race at once: no place, no running request, no listener', async () => {
    const { script, chat, ids } = scenarios.of('crowded')
    script(silent, stream)
    const before = aborts.length
    await Promise.all([1, 2, 3].map(() => drained(chat({ stream: true }))))
    const { gateway, ledger } = scenarios.gateway.container
    await ledger.caughtUp()
    await expect.poll(() => gateway.running.size).toBe(0)
    expect(aborts.length).toBe(before + 3)
    for (const { signal } of aborts) expect(getEventListeners(signal, 'abort')).toEqual([])
    for (const id of ids) {
      expect(gateway.bulkheads.read(id)).toMatchObject({ inFlight: 0, queued: 0 })
      expect(gateway.gauges.read(id).inFlight).toBe(0)
    }
  })
})

async function drained(asked: Promise<Response>): Promise<Response> {
  const response = await asked
  await response.text()
  return response
}
