import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Scenarios, startScenarios } from '#tests/support/start-scenarios'
import { answerBody, finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import { type Step, sse } from '#tests/upstreams/scripted-upstream'

const answer: Step[] = [{ kind: 'json', body: answerBody }]
const error = (status: number, headers: Record<string, string> = {}): Step[] => [
  { kind: 'json', status, headers, body: { error: { message: `said ${status}`, type: null, code: null } } },
]
const stream: Step[] = [
  { kind: 'head' },
  {
    kind: 'chunk',
    data: sse(roleEvent, textEvent('One'), textEvent(' two'), finishEvent(), usageEvent, '[DONE]'),
  },
]
const impatient = { attemptTimeoutMs: 300, ttftMs: 400, idleMs: 300, deadlineMs: 1_500 }
/** A tenth of the built-in times, so that a minute of failing takes six seconds. */
const tenth = { breaker: { windowMs: 3_000, openForMs: 1_500, openForMaxMs: 12_000 } }

let scenarios: Scenarios
beforeAll(async () => {
  scenarios = await startScenarios({
    flapping: { deployments: 2, tier: { policy: tenth } },
    deadline: { deployments: 4, tier: { ...impatient, deadlineMs: 700 } },
    lateToken: { deployments: 2, tier: impatient },
    mixed: { deployments: 3, tier: { ...impatient, policy: { breaker: { minimumCalls: 1_000 } } } },
    ptu: {
      deployments: 2,
      tier: { chain: [['ptu-a', 'ptu-b']] },
      fields: [{ capacity: { ptu: 100 } }, { capacity: { tokensPerMinute: 80_000 } }],
    },
    sticky: { deployments: 3, tier: { chain: [['sticky-a', 'sticky-b', 'sticky-c']] } },
  })
})
afterAll(() => scenarios.close())

const rejections: unknown[] = []
process.on('unhandledRejection', (reason) => rejections.push(reason))
const servedBy = (response: Response) => response.headers.get('x-huntaze-deployment')

describe('a flapping primary', () => {
  it('is left while it is down, probed now and then, and served by again soon after', async () => {
    const { script, chat, calls } = scenarios.of('flapping')
    script(error(503), answer)
    const beganMs = performance.now()
    const requestsWhileDown = 15
    for (let request = 0; request < requestsWhileDown; request += 1) {
      await new Promise((resolve) => setTimeout(resolve, beganMs + request * 400 - performance.now()))
      expect((await chat()).status).toBe(200)
    }
    const askedWhileDown = calls()[0] ?? 0
    expect(askedWhileDown).toBeGreaterThan(2)
    expect(askedWhileDown).toBeLessThan(requestsWhileDown)
    script(answer, answer)
    const served = async () => {
      const response = await chat()
      expect(response.status).toBe(200)
      return servedBy(response)
    }
    await expect.poll(served, { interval: 400, timeout: 10_000 }).toBe('flapping-a')
  })
})

describe('time', () => {
  it('is kept: a request ends at its deadline, whatever its candidates do', async () => {
    const { script, chat } = scenarios.of('deadline')
    const silent: Step[] = [{ kind: 'never' }]
    const slow: Step[] = [{ kind: 'head' }, { kind: 'never' }]
    for (const [steps, streamed, says] of [
      [silent, false, '"failure":"deadline"'],
      [slow, true, '"failure":"deadline"'],
      [error(503), false, '"status":503'],
    ] as const) {
      script(steps, steps, steps, steps)
      const response = await chat({ stream: streamed })
      expect(await response.text()).toContain(says)
      expect(response.status).toBeGreaterThanOrEqual(502)
    }
  })

  it('is not spent on a first token that is late: the next one answers', async () => {
    const { script, chat, calls } = scenarios.of('lateToken')
    script([{ kind: 'head' }, { kind: 'chunk', data: sse(roleEvent) }, { kind: 'delay', ms: 20_000 }], stream)
    const response = await chat({ stream: true })
    expect(await response.text()).toContain('[DONE]')
    expect(servedBy(response)).toBe('lateToken-b')
    expect(calls()).toEqual([1, 1])
  })
})

describe('a step of several', () => {
  it('spills only what overflows provisioned throughput, and goes back to it at once', async () => {
    const { upstreams, chat, calls } = scenarios.of('ptu')
    upstreams[0]?.respond(error(429, { 'retry-after-ms': '0' }), answer)
    upstreams[1]?.respond(answer)
    expect([servedBy(await chat()), servedBy(await chat()), servedBy(await chat())]).toEqual([
      'ptu-b',
      'ptu-a',
      'ptu-a',
    ])
    expect(calls()).toEqual([3, 1])
    expect(scenarios.gateway.container.gateway.breakers.describe('ptu-a')[0]?.calls).toBe(2)
  })

  it('keeps a session at one deployment and spreads the others', async () => {
    const { script, chat } = scenarios.of('sticky')
    script(answer, answer, answer)
    const of = async (session: string) => servedBy(await chat({}, { 'x-huntaze-session': session }))
    const sessions = Array.from({ length: 12 }, (_, index) => `fan ${index}`)
    const first = await Promise.all(sessions.map(of))
    expect(new Set(first).size).toBeGreaterThan(1)
    expect(await Promise.all(sessions.map(of))).toEqual(first)
  })
})

describe('after every kind of request', () => {
  const broken: Step[][] = [
    answer,
    error(503),
    error(429, { 'retry-after-ms': '50' }),
    [{ kind: 'never' }],
    [{ kind: 'destroy' }],
    [{ kind: 'head' }, { kind: 'chunk', data: sse(roleEvent, textEvent('One')) }, { kind: 'never' }],
    [{ kind: 'head' }, { kind: 'chunk', data: sse(roleEvent, textEvent('One')) }, { kind: 'destroy' }],
    stream,
  ]

  async function callAll(): Promise<void> {
    const { script, chat } = scenarios.of('mixed')
    for (const steps of broken) {
      script(steps, steps, stream)
      for (const [body, headers] of [
        [{}, {}],
        [{ stream: true }, {}],
        [{ stream: true }, { 'x-huntaze-stream': 'complete' }],
      ] as const) {
        const response = await chat(body, headers)
        await response.text().catch(() => '')
      }
    }
  }
  const count = (kind: string) => process.getActiveResourcesInfo().filter((one) => one === kind).length

  it('nothing is left behind: no timer, no place, no running request, no rejection', async () => {
    await callAll()
    const timers = count('Timeout')
    await callAll()
    await callAll()
    const { gateway, ledger } = scenarios.gateway.container
    await ledger.caughtUp()
    expect(gateway.running.size).toBe(0)
    for (const id of scenarios.of('mixed').ids) {
      expect(gateway.bulkheads.read(id)).toMatchObject({ inFlight: 0, queued: 0 })
      expect(gateway.gauges.read(id).inFlight).toBe(0)
    }
    await expect.poll(() => count('Timeout'), { timeout: 15_000 }).toBeLessThanOrEqual(timers + 1)
    expect(rejections).toEqual([])
  })
})
