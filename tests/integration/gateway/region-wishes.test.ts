import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testAdminKey } from '#tests/support/start-gateway'
import { type Scenarios, startScenarios } from '#tests/support/start-scenarios'
import { answerBody, finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import { type Step, sse } from '#tests/upstreams/scripted-upstream'
import { PUT as putAccountRegion } from '../../../app/api/admin/accounts/[id]/region/route'
import { POST as postKey } from '../../../app/api/admin/keys/route'

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
const policy = { breaker: { minimumCalls: 1_000 }, retry: { maxAttempts: 1 } }

let scenarios: Scenarios
beforeAll(async () => {
  scenarios = await startScenarios({
    regional: { deployments: 2, tier: { policy } },
    elsewhere: { deployments: 1 },
    hedged: { deployments: 2, tier: { policy: { ...policy, hedge: { enabled: true, defaultDelayMs: 50 } } } },
    repeats: {
      deployments: 2,
      tier: { policy: { ...policy, whenExhausted: { cachedAnswerMaxAgeMs: 600_000, tier: 'elsewhere' } } },
    },
  })
})
afterAll(() => scenarios.close())

const servedBy = (response: Response) => response.headers.get('x-huntaze-deployment')
const requiring = (region: string) => ({ 'x-huntaze-region': region, 'x-huntaze-region-mode': 'require' })

describe('a required region', () => {
  it('is not left on failure, and a preferred one is', async () => {
    const { script, chat, calls } = scenarios.of('regional')
    script(answer, error(500))
    const region = 'region-regional-b'
    const required = await chat({}, requiring(region))
    expect(required.status).toBe(503)
    expect((await required.json()).error.message).toContain(
      `Region ${region} is required, so no other was asked.`,
    )
    expect(calls()).toEqual([0, 1])
    const preferred = await chat({}, { 'x-huntaze-region': region })
    expect([preferred.status, servedBy(preferred), preferred.headers.get('x-huntaze-attempts')]).toEqual([
      200,
      'regional-a',
      '2',
    ])
  })

  it('may be the account’s or the key’s; a requirement of theirs is stronger than the request’s wish', async () => {
    const { script, chat, calls } = scenarios.of('regional')
    script(answer, answer)
    const { access } = scenarios.gateway.container
    const set = (name: string | null) =>
      access.accounts.setRegion({
        accountId: 'acc_bootstrap',
        region: name === null ? null : { name, mode: 'require' },
        actorId: 'usr_1',
      })
    await set('region-regional-b')
    const before = calls()
    expect(servedBy(await chat())).toBe('regional-b')
    expect(servedBy(await chat({}, { 'x-huntaze-region': 'region-regional-a' }))).toBe('regional-b')
    await set(null)
    expect(servedBy(await chat())).toBe('regional-a')
    expect(calls()).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 2])
    const { secret } = await access.keys.create({
      name: 'north',
      accountId: 'acc_north',
      plan: 'pro',
      scopes: ['chat'],
      expiresAt: null,
      region: { name: 'region-regional-b', mode: 'prefer' },
      streamMode: 'complete',
      createdBy: 'usr_1',
    })
    script(answer, stream)
    const response = await chat({ stream: true }, { authorization: `Bearer ${secret}` })
    expect([servedBy(response), response.headers.get('x-huntaze-stream')]).toEqual(['regional-b', 'complete'])
    await response.text()
  })

  it('that does not exist, or has nothing of the tier, is refused by name', async () => {
    const { chat } = scenarios.of('regional')
    for (const region of ['atlantis', 'region-elsewhere-a']) {
      const response = await chat({}, requiring(region))
      expect(response.status).toBe(400)
      const { error: said } = await response.json()
      expect(said).toMatchObject({ code: 'region_not_available', param: 'x-huntaze-region' })
      expect(said.message).toContain(region)
    }
    const odd = await chat({}, { 'x-huntaze-region': 'atlantis', 'x-huntaze-region-mode': 'maybe' })
    expect((await odd.json()).error.param).toBe('x-huntaze-region-mode')
  })

  it('is refused when the mode names no region', async () => {
    const { chat, calls } = scenarios.of('regional')
    const before = calls()
    const response = await chat({}, { 'x-huntaze-region-mode': 'require' })
    expect(response.status).toBe(400)
    expect((await response.json()).error).toMatchObject({
      code: 'invalid_request',
      param: 'x-huntaze-region',
    })
    expect(calls()).toEqual(before)
  })

  it('is left by no hedge', async () => {
    const { script, chat, upstreams, calls } = scenarios.of('hedged')
    const gate = Promise.withResolvers<void>()
    script([{ kind: 'wait', until: gate.promise }, ...stream], stream)
    const asked = chat({ stream: true }, requiring('region-hedged-a'))
    await upstreams[0]?.arrived(0)
    gate.resolve()
    const response = await asked
    expect(await response.text()).toContain('[DONE]')
    expect([servedBy(response), calls()]).toEqual(['hedged-a', [1, 0]])
  })

  it('is left for no repeated answer and no simpler tier', async () => {
    const { script, chat } = scenarios.of('repeats')
    scenarios.of('elsewhere').script(answer)
    script(answer, answer)
    expect(servedBy(await chat())).toBe('repeats-a')
    script(error(500), error(500))
    expect((await chat({}, requiring('region-repeats-b'))).status).toBe(503)
    const repeated = await chat({}, requiring('region-repeats-a'))
    expect([repeated.status, repeated.headers.get('x-huntaze-cache')]).toEqual([200, 'stale'])
    expect(scenarios.of('elsewhere').calls()).toEqual([0])
  })
})

describe('requirements that exclude each other', () => {
  const admin = (path: string, method: string, body: object) =>
    new Request(`${scenarios.gateway.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const setAccount = (id: string, region: object | null) =>
    putAccountRegion(admin(`/api/admin/accounts/${id}/region`, 'PUT', { region, reason: 'data residency' }), {
      params: Promise.resolve({ id }),
    })
  const makeKey = (accountId: string, region: object | null) =>
    postKey(admin('/api/admin/keys', 'POST', { name: 'k', accountId, region }), {
      params: Promise.resolve({}),
    })
  const a = { name: 'region-regional-a', mode: 'require' }
  const b = { name: 'region-regional-b', mode: 'require' }

  it('are refused with both named, and a key’s preference does not lead out of what its account requires', async () => {
    const { script, chat, calls } = scenarios.of('regional')
    script(answer, answer)
    expect((await setAccount('acc_strict', b)).status).toBe(200)
    const created = await makeKey('acc_strict', { ...a, mode: 'prefer' })
    expect(created.status).toBe(200)
    const authorization = `Bearer ${(await created.json()).secret}`
    const before = calls()
    expect(servedBy(await chat({}, { authorization }))).toBe('regional-b')
    const refused = await chat({}, { authorization, ...requiring(a.name) })
    expect(refused.status).toBe(400)
    const { error: said } = await refused.json()
    expect(said).toMatchObject({ code: 'region_not_available', param: 'x-huntaze-region' })
    expect(said.message).toContain(`requires region ${a.name}, but its account requires region ${b.name}`)
    expect(calls()).toEqual([before[0], (before[1] ?? 0) + 1])
  })

  it('cannot be made: neither by a new key nor by a change of the account', async () => {
    await setAccount('acc_first', b)
    const key = await makeKey('acc_first', a)
    expect(key.status).toBe(400)
    expect((await key.json()).errors).toEqual([
      { path: 'region.name', message: expect.stringContaining(`requires region "${b.name}"`) },
    ])
    expect((await makeKey('acc_second', a)).status).toBe(200)
    const account = await setAccount('acc_second', b)
    expect(account.status).toBe(400)
    expect((await account.json()).errors[0]).toMatchObject({ path: 'region.name' })
    expect((await scenarios.gateway.container.access.accounts.region('acc_second')).region).toBeNull()
    expect((await setAccount('acc_second', a)).status).toBe(200)
  })
})
