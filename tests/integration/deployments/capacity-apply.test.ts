import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ArmSettings } from '#lib/contracts/simulator'
import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { capacityChanges } from '#schema/deployments'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import {
  bookMinutes,
  type CapacitySetting,
  startCapacity,
  type TestCapacity,
} from '#tests/integration/deployments/start-capacity'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'
import { armClient, deployed, simulatedCredential, simulatedManager } from '#tests/support/arm-client'
import { describeOnDatabases } from '#tests/support/databases'

const running = launchSimulator()
const hourMs = 3_600_000

function configure(settings: ArmSettings): Promise<Response> {
  return fetch(`${running.base()}/__simulator/arm`, { method: 'POST', body: JSON.stringify(settings) })
}

async function operations(): Promise<number> {
  const response = await fetch(`${running.base()}/__simulator/arm`)
  return Object(await response.json()).operations
}

/** One deployment in a region, and so at an account, of its own. */
function catalogOf(id: string, scaling: object = {}): CatalogInput {
  return {
    regions: [
      { name: id, endpoint: running.base(true), resourceManager: simulatedManager(running.base(true), id) },
    ],
    deployments: [
      {
        id,
        region: id,
        deployment: 'chat',
        model: 'gpt-4-turbo',
        capacity: { tokensPerMinute: 80_000, requestsPerMinute: 480 },
        scaling,
      },
    ],
    tiers: { premium: { chain: [id] } },
  }
}

const wish = (deploymentId: string, toUnits: number) => ({
  deploymentId,
  toUnits,
  reason: 'campaign on Friday',
  actorId: 'usr_1',
  requestId: 'req_1',
})

async function refusalOf(act: Promise<unknown>) {
  const error = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!AppError.is(error)) throw new Error(`expected a refusal, not ${String(error)}`)
  return {
    status: error.status,
    message: error.message,
    param: error.details.param,
    wait: error.details.retryAfterMs,
  }
}

describeOnDatabases('applying a capacity', (openDb, { kind }) => {
  const clock = { nowMs: Date.now() }
  const open: TestCapacity[] = []
  let db: Database

  async function start(catalog: CatalogInput, setting: Partial<CapacitySetting> = {}): Promise<TestCapacity> {
    const credential = async () => simulatedCredential(running.base(true))
    const capacity = await startCapacity({ db, clock, catalog, credential, ...setting })
    open.push(capacity)
    return capacity
  }

  beforeEach(async () => {
    db = await openDb()
    clock.nowMs = Date.now()
    await configure({ inProgressPolls: 0, retryAfterSeconds: 0, quotaUnits: null, failNextOperations: 0 })
  })
  afterEach(async () => {
    for (const capacity of open.splice(0)) await capacity.close()
  })

  it('changes the size and nothing else, waits for Azure, and counts from the new size', async () => {
    const id = 'plain'
    const arm = armClient(running.base(true), id)
    await arm.put('chat', deployed(80))
    await configure({ inProgressPolls: 2 })
    const capacity = await start(catalogOf(id))
    const version = capacity.configurationVersion()

    const begun = await capacity.apply(wish(id, 100))
    expect(begun).toMatchObject({
      state: 'applying',
      direction: 'up',
      fromUnits: 80,
      toUnits: 100,
      unit: 'kTPM',
    })
    expect(begun).toMatchObject({ actorId: 'usr_1', reason: 'Applied: campaign on Friday', finishedAt: null })
    expect(await capacity.ended(id)).toMatchObject({ id: begun.id, state: 'applied', error: null })

    const { sku, tags, properties } = await arm.get('chat')
    const before = deployed(100)
    expect({ sku, tags }).toEqual({ sku: before.sku, tags: before.tags })
    expect(properties).toMatchObject(before.properties ?? {})
    expect(await capacity.line(id)).toMatchObject({ currentUnits: 100, applicable: true, applyHint: null })
    expect(capacity.configurationVersion()).toBeGreaterThan(version)
    expect(capacity.published.filter((name) => name === 'capacity')).toHaveLength(2)
    expect(capacity.logged.join()).toContain('"actorId":"usr_1"')
  })

  it('lets a change rest, in the way it may be changed again', async () => {
    const id = 'resting'
    await armClient(running.base(true), id).put('chat', deployed(80))
    const capacity = await start(catalogOf(id))
    await capacity.apply(wish(id, 100))
    await capacity.ended(id)
    clock.nowMs += hourMs / 4 - 1
    const up = await refusalOf(capacity.apply(wish(id, 120)))
    expect(up).toMatchObject({ status: 409, wait: 1 })
    expect(up.message).toContain('may be changed this way again from')
    clock.nowMs += 1
    expect(await refusalOf(capacity.apply(wish(id, 80)))).toMatchObject({ status: 409 })
    await capacity.apply(wish(id, 120))
    expect(await capacity.ended(id)).toMatchObject({ state: 'applied', fromUnits: 100, toUnits: 120 })
  })

  it.each([
    [
      'beyond the quota',
      { quotaUnits: 80 },
      'InsufficientQuota: [simulated] This operation requires 100 capacity',
    ],
    ['in the operation', { failNextOperations: 1 }, 'DeploymentFailed: [simulated] The operation failed'],
  ] as const)('keeps what Azure said when it refuses %s', async (name, settings, error) => {
    const id = `refused-${Object.keys(settings)[0]}`
    const arm = armClient(running.base(true), id)
    await arm.put('chat', deployed(80))
    await configure(settings)
    const capacity = await start(catalogOf(id))
    await capacity.apply(wish(id, 100))
    const change = await capacity.ended(id)
    expect(change.state, name).toBe('failed')
    expect(change.error).toContain(error)
    expect(await arm.get('chat')).toMatchObject({ sku: { capacity: 80 } })
    expect(await capacity.line(id)).toMatchObject({ currentUnits: 80, change: { state: 'failed' } })
  })

  it('is one change at a time, whichever instance is asked', async () => {
    const id = 'raced'
    await armClient(running.base(true), id).put('chat', deployed(80))
    await configure({ inProgressPolls: 150 })
    const instances = await Promise.all(
      ['ins_a', 'ins_b'].map((instanceId) => start(catalogOf(id), { instanceId })),
    )
    const before = await operations()
    const outcomes = await Promise.allSettled(
      [...instances, ...instances].map((instance, index) => instance.apply(wish(id, 100 + index))),
    )
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(3)
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'conflict' } })
    expect(await refusalOf(instances[0]?.apply(wish(id, 90)) ?? Promise.resolve())).toMatchObject({
      status: 409,
      message: expect.stringContaining('is under way'),
    })
    expect(await instances[1]?.ended(id)).toMatchObject({ state: 'applied' })
    expect((await operations()) - before).toBe(1)
  })

  it('does not undo what somebody changed in Azure meanwhile', async () => {
    const id = 'differs'
    const arm = armClient(running.base(true), id)
    await arm.put('chat', deployed(150))
    const capacity = await start(catalogOf(id))
    await capacity.apply(wish(id, 100))
    const { error } = await capacity.ended(id)
    expect(error).toContain('CapacityDiffers: Azure has 150 kTPM, not 80')
    await arm.put('chat', deployed(80, { sku: { name: 'ProvisionedManaged', capacity: 80 } }))
    clock.nowMs += 1
    await capacity.apply(wish(id, 100))
    expect((await capacity.ended(id)).error).toContain('ProvisionedManaged, counted in PTU')
    expect(await arm.get('chat')).toMatchObject({ sku: { capacity: 80 } })
  })

  it('takes the catalog for newer when it says something else than at the change', async () => {
    const id = 'edited'
    await armClient(running.base(true), id).put('chat', deployed(80))
    const capacity = await start(catalogOf(id))
    await capacity.apply(wish(id, 100))
    await capacity.ended(id)
    const edited = catalogOf(id)
    const [deployment] = edited.deployments
    const later = await start({
      ...edited,
      deployments: deployment ? [{ ...deployment, capacity: { tokensPerMinute: 150_000 } }] : [],
    })
    expect(await later.line(id)).toMatchObject({ currentUnits: 150 })
  })

  it('refuses sizes that may not be, and names the field', async () => {
    const id = 'bounded'
    const capacity = await start(catalogOf(id, { minUnits: 50, maxUnits: 120 }))
    for (const toUnits of [49, 121]) {
      const refusal = await refusalOf(capacity.apply(wish(id, toUnits)))
      expect(refusal).toMatchObject({ status: 400, param: 'toUnits' })
      expect(refusal.message).toContain('between 50 and 120 kTPM (deployments.bounded.scaling')
    }
    expect(await refusalOf(capacity.apply(wish(id, 80)))).toMatchObject({ status: 400, param: 'toUnits' })
    expect(await refusalOf(capacity.apply(wish('nobody', 80)))).toMatchObject({ status: 404 })
    expect((await capacity.describe()).history.filter(({ deploymentId }) => deploymentId === id)).toEqual([])
  })

  it('ends with an unknown outcome when the instance stops, and when it has died', async () => {
    const id = `stopped-${kind}`
    await armClient(running.base(true), id).put('chat', deployed(80))
    await configure({ inProgressPolls: 1_000, retryAfterSeconds: 3_600 })
    const capacity = await start(catalogOf(id))
    const before = await operations()
    await capacity.apply(wish(id, 100))
    await expect.poll(operations).toBe(before + 1)
    await capacity.close()
    const next = await start(catalogOf(id))
    const { state, error } = await next.ended(id)
    expect(state).toBe('failed')
    expect(error).toContain('the outcome is unknown, check the deployment in Azure')

    const died = {
      id: 'cap_died',
      deploymentId: id,
      direction: 'up',
      fromUnits: 80,
      toUnits: 90,
      unit: 'kTPM',
    } as const
    const at = new Date(clock.nowMs)
    await db.orm
      .insert(capacityChanges)
      .values({ ...died, state: 'applying', reason: 'r', createdAt: at, startedAt: at })
    clock.nowMs += hourMs / 2
    await next.look()
    expect((await next.line(id)).change).toMatchObject({ id: 'cap_died', state: 'applying' })
    clock.nowMs += 1
    await next.look()
    const change = await next.ended(id)
    expect(change).toMatchObject({ id: 'cap_died', state: 'failed' })
    expect(change.error).toContain('ended before Azure answered')
  })

  it('applies by itself where the catalog says so, and does not insist after a refusal', async () => {
    const id = 'alone'
    const arm = armClient(running.base(true), id)
    await arm.put('chat', deployed(80))
    const capacity = await start(catalogOf(id, { autoApply: true, maxUnits: 200 }))
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 5, count: 5, tokens: 76_000 })
    await configure({ quotaUnits: 90 })
    await capacity.look()
    expect(await capacity.ended(id)).toMatchObject({ state: 'failed', actorId: null })
    const tried = (await capacity.describe()).history.length
    await capacity.look()
    expect(await capacity.line(id)).toMatchObject({ verdict: 'scale_up', change: { state: 'recommended' } })
    expect((await capacity.describe()).history.length).toBe(tried + 1)

    await configure({ quotaUnits: null })
    clock.nowMs += hourMs / 4
    await bookMinutes(db, clock.nowMs, { deploymentId: id, minutesAgo: 5, count: 5, tokens: 76_000 })
    await capacity.look()
    const change = await capacity.ended(id)
    expect(change).toMatchObject({ state: 'applied', fromUnits: 80, toUnits: 100, actorId: null })
    expect(change.reason).toContain('More than 80 % full in each of the last 5 minutes (95 % on average)')
    expect(await arm.get('chat')).toMatchObject({ sku: { capacity: 100 } })
  })
})
