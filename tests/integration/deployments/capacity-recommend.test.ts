import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import type { Database } from '#server/db/database'
import { readCapacityMinutes } from '#server/deployments/capacity-minutes'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { noProviderLimits } from '#server/gateway/providers/provider'
import { AppError } from '#server/http/app-error'
import {
  bookMinutes,
  type CapacitySetting,
  startCapacity,
  type TestCapacity,
} from '#tests/integration/deployments/start-capacity'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'
import { simulatedManager } from '#tests/support/arm-client'
import { describeOnDatabases } from '#tests/support/databases'

const running = launchSimulator({ tls: false })
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const stated = { tokensPerMinute: 80_000, requestsPerMinute: 480 }

type Deployment = CatalogInput['deployments'][number]

function catalogOf(id: string, deployment: Partial<Deployment> = {}, region: object = {}): CatalogInput {
  return {
    regions: [{ name: 'westeurope', endpoint: 'https://we.example.com', ...region }],
    deployments: [
      { id, region: 'westeurope', deployment: 'chat', model: 'gpt-4o', capacity: stated, ...deployment },
    ],
    tiers: { premium: { chain: [id] } },
  }
}

const action = (deploymentId: string) => ({
  deploymentId,
  reason: 'the peak is over',
  actorId: 'usr_1',
  requestId: 'req_1',
})

describeOnDatabases('recommending a capacity', (openDb) => {
  const clock = { nowMs: Date.now() }
  const open: TestCapacity[] = []
  let db: Database

  async function start(catalog: CatalogInput, setting: Partial<CapacitySetting> = {}): Promise<TestCapacity> {
    const credential = () => Promise.reject(new Error('no identity here\nand nowhere else'))
    const capacity = await startCapacity({ db, clock, catalog, credential, ...setting })
    open.push(capacity)
    return capacity
  }
  const historyOf = async (capacity: TestCapacity, id: string) =>
    (await capacity.describe()).history.filter(({ deploymentId }) => deploymentId === id)

  beforeEach(async () => {
    db = await openDb()
    clock.nowMs = Math.floor(Date.now() / minuteMs) * minuteMs + 1
  })
  afterEach(async () => {
    for (const capacity of open.splice(0)) await capacity.close()
  })

  it('counts what succeeded, what failed and what was refused, by minute', async () => {
    const id = 'counted'
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 2, count: 2, tokens: 500, refused: 3 })
    const toMs = Math.floor(clock.nowMs / minuteMs) * minuteMs
    const minutes = await readCapacityMinutes(db, { fromMs: toMs - 10 * minuteMs, toMs })
    const each = { tokens: 500, requests: 4, rateLimited: 3 }
    expect([...(minutes.get(id) ?? [])].sort(([a], [b]) => a - b)).toEqual([
      [toMs - 2 * minuteMs, each],
      [toMs - minuteMs, each],
    ])
    const before = await readCapacityMinutes(db, { fromMs: toMs - 10 * minuteMs, toMs: toMs - 2 * minuteMs })
    expect(before.get(id)).toBeUndefined()
  })

  it('keeps a recommendation once, and withdraws it when it no longer holds', async () => {
    const id = 'rising'
    const capacity = await start(catalogOf(id))
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 5, count: 5, tokens: 76_000 })
    await capacity.look()
    await capacity.look()
    const [kept, ...others] = await historyOf(capacity, id)
    expect(others).toEqual([])
    expect(kept).toMatchObject({
      state: 'recommended',
      direction: 'up',
      fromUnits: 80,
      toUnits: 100,
      actorId: null,
    })
    expect(await capacity.line(id)).toMatchObject({
      verdict: 'scale_up',
      recommendedUnits: 100,
      tokensPerMinute: 76_000,
      requestsPerMinute: 1,
      utilization: 0.95,
      applicable: false,
      change: { id: kept?.id },
    })
    expect(capacity.published).toEqual(['capacity'])

    clock.nowMs += minuteMs
    await capacity.look()
    const [withdrawn, ...more] = await historyOf(capacity, id)
    expect(more).toEqual([])
    expect(withdrawn).toMatchObject({ id: kept?.id, state: 'dismissed', actorId: null })
    expect(withdrawn?.reason).toMatch(/^More than 80 % full.* Withdrawn: 76 % of 80 kTPM/)
    expect(capacity.published).toEqual(['capacity', 'capacity'])
  })

  it('does not repeat itself to an operator who said no', async () => {
    const id = 'dismissed'
    const capacity = await start(catalogOf(id))
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 5, count: 25, tokens: 76_000 })
    const version = capacity.configurationVersion()
    const dismissed = await capacity.dismiss(action(id))
    expect(dismissed).toMatchObject({ state: 'dismissed', toUnits: 100, actorId: 'usr_1' })
    expect(dismissed.reason).toContain('Dismissed: the peak is over')
    expect(capacity.configurationVersion()).toBe(version + 1)
    const { rows } = await db.pool.query(
      `SELECT action, before, after, reason FROM audit_entries WHERE resource = $1`,
      [`deployment/${id}`],
    )
    expect(rows).toEqual([
      {
        action: 'capacity.dismiss',
        before: '{"unit":"kTPM","units":80}',
        after: '{"dismissed":100,"unit":"kTPM"}',
        reason: 'the peak is over',
      },
    ])
    await capacity.look()
    expect(await historyOf(capacity, id)).toHaveLength(1)
    expect(await capacity.line(id)).toMatchObject({
      verdict: 'cooling_down',
      recommendedUnits: null,
      coolDownUntil: new Date(clock.nowMs + hourMs / 4).toISOString(),
    })
    await expect(capacity.dismiss(action(id))).rejects.toSatisfy(
      (error) => AppError.is(error) && error.code === 'conflict',
    )
    clock.nowMs += hourMs / 4
    await capacity.look()
    expect(await historyOf(capacity, id)).toMatchObject([{ state: 'recommended' }, { state: 'dismissed' }])
    const kept = await capacity.dismiss(action(id))
    expect(await historyOf(capacity, id)).toMatchObject([{ id: kept.id, state: 'dismissed' }, {}])
  })

  it('grows for refused calls, too', async () => {
    const id = 'refused'
    const capacity = await start(catalogOf(id))
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 3, count: 3, tokens: 10, refused: 2 })
    expect(await capacity.line(id)).toMatchObject({ verdict: 'scale_up', recommendedUnits: 100 })
    expect((await capacity.line(id)).reason).toContain('6 of 9 calls (67 %) met its rate limit')
  })

  it('calls no silence quiet before it has listened for long enough', async () => {
    const id = 'silent'
    const capacity = await start(catalogOf(id))
    expect((await capacity.line(id)).verdict).toBe('unknown')
    clock.nowMs += hourMs
    expect((await capacity.line(id)).verdict).toBe('keep')
    clock.nowMs += minuteMs
    expect(await capacity.line(id)).toMatchObject({ verdict: 'scale_down', recommendedUnits: 60 })
  })

  it('reads the utilisation of PTU from answers, in the minute in which they came', async () => {
    const id = 'ptu'
    const gauges = createDeploymentGauges({ nowMs: () => clock.nowMs })
    const scaling = { upForMs: 2 * minuteMs, upCoolDownMs: minuteMs }
    const capacity = await start(catalogOf(id, { capacity: { ptu: 50 }, scaling }), { gauges })
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 2, count: 4, tokens: 100 })
    expect((await capacity.line(id)).reason).toContain('Azure reported no utilisation')
    for (const utilization of [0.92, 0.98]) {
      gauges.sawLimits(id, { ...noProviderLimits, utilization })
      await capacity.look()
      clock.nowMs += minuteMs
    }
    expect(await capacity.line(id)).toMatchObject({
      unit: 'PTU',
      verdict: 'scale_up',
      utilization: 0.95,
      recommendedUnits: 100,
    })
  })

  it.each([
    [
      'a resource manager in the catalog',
      catalogOf('hint-a'),
      'the catalog file (HUNTAZE_CATALOG) needs regions.westeurope.resourceManager with subscriptionId',
    ],
    [
      'an identity',
      catalogOf('hint-b', {}, { resourceManager: simulatedManager('https://localhost:1') }),
      'this process has no token for Azure’s resource manager (no identity here); give it a managed identity',
    ],
    ['Azure', catalogOf('hint-c', { provider: 'openai' }), 'only Azure OpenAI deployments can be resized'],
  ])('says what is missing to apply it: %s', async (_name, catalog, hint) => {
    const capacity = await start(catalog)
    const id = catalog.deployments[0]?.id ?? ''
    const line = await capacity.line(id)
    expect(line).toMatchObject({ applicable: false })
    expect(line.applyHint).toContain(hint)
    await expect(capacity.apply({ ...action(id), toUnits: 100 })).rejects.toSatisfy(
      (error) => AppError.is(error) && error.code === 'conflict' && error.message.includes(hint),
    )
  })

  it('lists Azure’s deployments and those that state a capacity, and says what is not known', async () => {
    const capacity = await start({
      regions: [{ name: 'westeurope', endpoint: 'https://we.example.com' }],
      deployments: [
        { id: 'nothing-stated', region: 'westeurope', deployment: 'a', model: 'gpt-4o' },
        { id: 'legacy', region: 'westeurope', deployment: 'b', model: 'gpt-4', provider: 'openai' },
      ],
      tiers: { premium: { chain: ['nothing-stated', 'legacy'] } },
    })
    const { lines } = await capacity.describe()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      deploymentId: 'nothing-stated',
      currentUnits: null,
      verdict: 'unknown',
      recommendedUnits: null,
    })
  })

  it('applies to the simulator where that stands in for Azure, and keeps this apart', async () => {
    const id = 'simulated'
    const { simulator } = running
    const capacity = await start(catalogOf(id), { simulator })
    const begun = await capacity.apply({ ...action(id), toUnits: 120 })
    expect(begun.reason).toBe('Applied to the simulator: the peak is over')
    expect(await capacity.ended(id)).toMatchObject({ state: 'applied' })
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const { response } = await running
      .azure({ region: 'westeurope' })
      .chat.completions.create({ model: 'chat', messages })
      .withResponse()
    expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('120000')
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('720')
    expect(await capacity.line(id)).toMatchObject({ currentUnits: 120, applicable: true })
    const real = await start(catalogOf(id))
    expect(await real.line(id)).toMatchObject({ currentUnits: 80, change: null })
    const provisioned = await start(catalogOf(id, { capacity: { ptu: 50 } }), { simulator })
    expect(await provisioned.line(id)).toMatchObject({
      applicable: false,
      applyHint: 'it is simulated, and the simulator has no PTU.',
    })
  })

  it('is looked at by one instance at a time', async () => {
    const id = 'leased'
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 5, count: 5, tokens: 76_000 })
    const first = await start(catalogOf(id), { instanceId: 'ins_first' })
    const second = await start(catalogOf(id), { instanceId: 'ins_second' })
    await Promise.all([first.look(), second.look()])
    await Promise.all([first.look(), second.look()])
    expect(await historyOf(first, id)).toHaveLength(1)
    const looked = [first, second].filter(({ published }) => published.length > 0)
    expect(looked).toHaveLength(1)
  })

  it('is looked at a minute after the start, by itself, and no more after the end', async () => {
    const id = 'ticking'
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 5, count: 5, tokens: 76_000 })
    const capacity = await start(catalogOf(id))
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      capacity.start()
      vi.advanceTimersByTime(minuteMs - 1)
      expect(await historyOf(capacity, id)).toEqual([])
      vi.advanceTimersByTime(1)
      await vi.waitFor(async () => expect(await historyOf(capacity, id)).toHaveLength(1))
      await capacity.close()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
