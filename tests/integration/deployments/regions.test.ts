import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RegionView } from '#lib/contracts/regions'
import { createRegions } from '#server/deployments/create-regions'
import { createLog } from '#server/telemetry/log'
import { catalogWith } from '#tests/support/breaker-worlds'
import { describeOnDatabases } from '#tests/support/databases'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, type Step, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const answer: Step[] = [{ kind: 'json', body: answerBody }]
const down: Step[] = [
  { kind: 'json', status: 503, body: { error: { message: 'down', type: null, code: null } } },
]
const health = {
  minimumFailures: 4,
  probeEveryMs: 200,
  probeTimeoutMs: 200,
  healthyForMs: 600,
  stepsBps: [5_000],
  stepMs: 600,
}
/** Breakers stay shut, so that what is seen is the regions' doing. */
const policy = { breaker: { minimumCalls: 10_000 }, retry: { maxAttempts: 1 } }

let upstreams: ScriptedUpstream[]
let gateway: TestGateway
beforeAll(async () => {
  upstreams = await Promise.all([startScriptedUpstream(), startScriptedUpstream()])
  const [west, north] = upstreams.map(({ url }) => url)
  gateway = await startGateway({
    catalog: {
      regions: [
        { name: 'westeurope', endpoint: west ?? '', role: 'primary', health },
        { name: 'northeurope', endpoint: north ?? '', role: 'dr', health },
      ],
      deployments: ['we-a', 'we-b', 'ne-a'].map((id) => ({
        id,
        region: id.startsWith('we') ? 'westeurope' : 'northeurope',
        deployment: id,
        model: 'gpt-4',
      })),
      tiers: { standard: { chain: ['we-a', 'we-b', 'ne-a'], policy } },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
})

const chat = async () => {
  const response = await gateway.post('/api/v1/chat/completions', {
    model: 'standard',
    messages: [{ role: 'user', content: 'Hello?' }],
  })
  await response.text()
  return response
}
const servedBy = async () => (await chat()).headers.get('x-huntaze-deployment')
const west = (): RegionView => {
  const found = gateway.container.gateway.regions.describe().find(({ name }) => name === 'westeurope')
  if (!found) throw new Error('no region')
  return found
}
const probes = () => upstreams[0]?.requests.filter(({ method }) => method === 'GET') ?? []

describe('a region', () => {
  it('P41 that goes dark is left by itself, probed cheaply, and taken back step by step', async () => {
    upstreams[0]?.respond(down)
    upstreams[1]?.respond(answer)
    for (let call = 0; call < 2; call += 1) expect(await servedBy()).toBe('ne-a')
    expect(west()).toMatchObject({ phase: 'dark', admittedBps: 0, actorId: null })
    expect(west().reason).toContain('4 calls to 2 of its deployments failed')
    const asked = upstreams[0]?.requests.filter(({ method }) => method === 'POST').length
    for (let call = 0; call < 10; call += 1) expect(await servedBy()).toBe('ne-a')
    expect(upstreams[0]?.requests.filter(({ method }) => method === 'POST')).toHaveLength(asked ?? -1)
    await expect.poll(() => probes().length, { timeout: 10_000 }).toBeGreaterThan(1)
    expect(probes()[0]).toMatchObject({ path: '/openai/models?api-version=2024-10-21', body: '' })
    expect(probes()[0]?.headers).not.toHaveProperty('api-key')
    upstreams[0]?.respond(answer)
    await expect.poll(() => west().phase, { timeout: 10_000, interval: 20 }).toBe('recovering')
    await expect.poll(() => west().phase, { timeout: 10_000, interval: 20 }).toBe('serving')
    expect(await servedBy()).toBe('we-a')
    const { transitions } = await gateway.container.gateway.regions.transitions('westeurope', 10)
    expect(transitions.map(({ toPhase, admittedBps }) => [toPhase, admittedBps])).toEqual([
      ['serving', 10_000],
      ['recovering', 5_000],
      ['dark', 0],
    ])
  })

  it('fails over and back by hand, frozen or not, and refuses what makes no sense', async () => {
    const { regions } = gateway.container.gateway
    const action = { region: 'westeurope', actorId: 'usr_1', reason: 'a rehearsal' }
    await regions.freeze(action)
    upstreams[0]?.respond(down)
    for (let call = 0; call < 4; call += 1) await chat()
    expect(west()).toMatchObject({ phase: 'serving', frozen: true })
    upstreams[0]?.respond(answer)
    await regions.failOver(action)
    expect(await servedBy()).toBe('ne-a')
    expect(west()).toMatchObject({ phase: 'failed_over', actorId: 'usr_1', reason: 'a rehearsal' })
    await expect(regions.failOver(action)).rejects.toMatchObject({ code: 'conflict' })
    await regions.unfreeze(action)
    await regions.failBack(action)
    expect(west().phase).toBe('recovering')
    await regions.failBack(action)
    expect(await servedBy()).toBe('we-a')
    await expect(regions.failBack(action)).rejects.toMatchObject({ code: 'conflict' })
    await expect(regions.failOver({ ...action, region: 'mars' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a drained deployment', () => {
  it('is asked only when nothing else is left, until it is taken back', async () => {
    const { controls } = gateway.container.gateway
    const action = { deploymentId: 'we-a', actorId: 'usr_1', reason: 'moving it' }
    await controls.drain(action)
    upstreams[0]?.respond(answer)
    expect(await servedBy()).toBe('we-b')
    await expect(controls.drain(action)).rejects.toMatchObject({ code: 'conflict' })
    await controls.drain({ ...action, deploymentId: 'we-b' })
    upstreams[1]?.respond(down)
    expect(await servedBy()).toBe('we-a')
    for (const deploymentId of ['we-a', 'we-b']) await controls.undrain({ ...action, deploymentId })
    expect(await servedBy()).toBe('we-a')
    await expect(controls.undrain(action)).rejects.toMatchObject({ code: 'conflict' })
  })
})

describeOnDatabases('regions in the database', (openDb, { kind }) => {
  const log = createLog({ level: 'silent', instanceId: 'test' })
  const catalog = catalogWith(['a', 'b'], {})
  const start = async (instanceId: string) => {
    const regions = createRegions({
      catalog: () => catalog,
      db: await openDb(),
      instanceId,
      clock: { nowMs: Date.now },
      log,
      onMove: () => undefined,
    })
    await regions.start()
    return regions
  }
  const action = { region: 'one', actorId: 'usr_1', reason: 'a rehearsal' }

  it('survive a restart', async () => {
    const one = await start('ins_1')
    await one.failOver(action)
    await one.close()
    const two = await start('ins_2')
    expect(two.describe()[0]).toMatchObject({ phase: 'failed_over', actorId: 'usr_1' })
    expect(two.admissions().get('one')).toMatchObject({ phase: 'failed_over', admittedBps: 0 })
    await two.failBack(action)
    await two.failBack(action)
    await two.close()
  })

  it.runIf(kind === 'postgres')('are the same on every instance', async () => {
    const [one, two] = await Promise.all([start('ins_1'), start('ins_2')])
    if (!one || !two) throw new Error('two instances')
    await one.failOver(action)
    await expect.poll(() => two.describe()[0]?.phase, { timeout: 10_000 }).toBe('failed_over')
    await two.failBack(action)
    await two.failBack(action)
    await expect.poll(() => one.describe()[0]?.phase, { timeout: 10_000 }).toBe('serving')
    await Promise.all([one.close(), two.close()])
  })
})
