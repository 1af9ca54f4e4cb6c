import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import type { Failure } from '#lib/gateway/failure'
import type { Database } from '#server/db/database'
import type { Admission, Breakers } from '#server/resilience/breakers'
import { createBreakers } from '#server/resilience/create-breakers'
import {
  createPostgresProbeLeases,
  createRedisProbeLeases,
  ownProbeLeases,
  type ProbeLeases,
} from '#server/resilience/probe-leases'
import { createLog } from '#server/telemetry/log'
import { catalogWith } from '#tests/support/breaker-worlds'
import { describeOnDatabases } from '#tests/support/databases'

const log = createLog({ level: 'silent', instanceId: 'test' })
const broken = {
  kind: 'failure',
  failure: { class: 'server_error', breakerSignal: 'health' } as Failure,
} as const
const fine = { kind: 'success', firstTokenMs: null } as const
const noErrors = (error: unknown) => {
  throw error
}

const open: Breakers[] = []
afterEach(async () => {
  for (const breakers of open.splice(0)) await breakers.close()
})

interface Instance {
  breakers: Breakers
  moves: number
}

async function start(
  db: Database,
  { id, clock, leases }: { id: string; clock: { nowMs: () => number }; leases?: ProbeLeases },
  deployments: readonly string[],
): Promise<Instance> {
  const catalog = catalogWith(deployments, { breaker: { goodProbes: 1 } })
  const instance = { moves: 0 }
  const breakers = createBreakers({
    onTransition() {},
    catalog: () => catalog,
    db,
    leases: leases ?? (db.kind === 'postgres' ? createPostgresProbeLeases(db, noErrors) : ownProbeLeases),
    instanceId: id,
    clock,
    log,
    onMove: () => {
      instance.moves += 1
    },
  })
  await breakers.start()
  open.push(breakers)
  return {
    breakers,
    get moves() {
      return instance.moves
    },
  }
}

const admit = (breakers: Breakers, id: string) =>
  breakers.admit(id, { streamed: false, requestId: `req_${randomBytes(4).toString('hex')}` })
async function fail(breakers: Breakers, id: string): Promise<void> {
  const admission = await admit(breakers, id)
  if (admission.admitted) breakers.settle(admission, broken)
}
/** Three moves by itself: open, half-open, closed. */
async function openAndRecover(breakers: Breakers, id: string, clock: { ms: number }): Promise<void> {
  for (let call = 0; call < 3; call += 1) await fail(breakers, id)
  clock.ms += 16_000
  const probe = await admit(breakers, id)
  if (probe.admitted) breakers.settle(probe, fine)
}
const phase = (breakers: Breakers, id: string) => breakers.describe(id)[0]?.phase
const name = () => `d-${randomBytes(4).toString('hex')}`

/** The same database from behind a broken line, while it is said to be away. */
function cutOff(db: Database, away: { is: boolean }): Database {
  const cut = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(real, key, receiver) {
        if (away.is && key === 'transaction') return () => Promise.reject(new Error('the database is away'))
        return Reflect.get(real, key, receiver)
      },
    })
  return { ...db, orm: cut(db.orm) }
}

describeOnDatabases('shared breakers', (openDb, { kind }) => {
  it('survive a restart with state, reason and what they opened today', async () => {
    const db = await openDb()
    const id = name()
    const clock = { nowMs: Date.now }
    const { breakers } = await start(db, { id: 'ins_1', clock }, [id])
    for (let call = 0; call < 3; call += 1) await fail(breakers, id)
    await breakers.close()
    const again = await start(db, { id: 'ins_2', clock }, [id])
    expect(again.breakers.describe(id)[0]).toMatchObject({
      phase: 'open',
      reason: '3 of 3 calls failed in 30 s (server_error)',
      opensToday: 1,
    })
    expect(again.breakers.blocks({ streamed: false }).has(id)).toBe(true)
    const [transition] = await again.breakers.transitions(id, 10)
    expect(transition).toMatchObject({
      fromPhase: 'closed',
      toPhase: 'open',
      instanceId: 'ins_1',
      actorId: null,
    })
    expect(transition?.evidence).toHaveLength(3)
  })

  it('are isolated by hand until a time, released and closed by hand, each with who and why', async () => {
    const db = await openDb()
    const id = name()
    const clock = { ms: Date.now(), nowMs: () => clock.ms }
    const { breakers } = await start(db, { id: 'ins_1', clock }, [id])
    const action = { deploymentId: id, actorId: 'usr_1', reason: 'maintenance of the region' }
    await breakers.isolate({ ...action, untilMs: clock.ms + 60_000 })
    expect(await admit(breakers, id)).toMatchObject({ admitted: false, block: { phase: 'isolated' } })
    clock.ms += 59_999
    expect(phase(breakers, id)).toBe('isolated')
    clock.ms += 1
    expect((await admit(breakers, id)).admitted).toBe(true)
    await expect(breakers.release(action)).rejects.toMatchObject({ code: 'conflict' })
    await breakers.isolate({ ...action, untilMs: null })
    clock.ms += 86_400_000
    expect(phase(breakers, id)).toBe('isolated')
    await breakers.release(action)
    for (let call = 0; call < 3; call += 1) await fail(breakers, id)
    await breakers.closeByHand({ ...action, reason: 'fixed' })
    expect(phase(breakers, id)).toBe('closed')
    await expect(breakers.closeByHand(action)).rejects.toMatchObject({ code: 'conflict' })
    expect((await breakers.transitions(id, 10)).map(({ toPhase, actorId }) => [toPhase, actorId])).toEqual([
      ['closed', 'usr_1'],
      ['open', null],
      ['closed', 'usr_1'],
      ['isolated', 'usr_1'],
      ['closed', null],
      ['isolated', 'usr_1'],
    ])
  })

  it.runIf(kind === 'postgres')('open and isolate on every instance', async () => {
    const db = await openDb()
    const id = name()
    const clock = { nowMs: Date.now }
    const [one, two] = await Promise.all(['ins_1', 'ins_2'].map((ins) => start(db, { id: ins, clock }, [id])))
    if (!one || !two) throw new Error('two instances')
    for (let call = 0; call < 3; call += 1) await fail(one.breakers, id)
    await expect.poll(() => phase(two.breakers, id), { timeout: 10_000 }).toBe('open')
    expect(two.moves).toBe(1)
    await two.breakers.closeByHand({ deploymentId: id, actorId: 'usr_2', reason: 'looks well' })
    await expect.poll(() => phase(one.breakers, id), { timeout: 10_000 }).toBe('closed')
    await one.breakers.isolate({ deploymentId: id, actorId: 'usr_1', reason: 'held', untilMs: null })
    await expect.poll(() => phase(two.breakers, id), { timeout: 10_000 }).toBe('isolated')
  })

  it.runIf(kind === 'postgres')('agree in the end when two open at the same moment', async () => {
    const db = await openDb()
    const id = name()
    const clock = { nowMs: Date.now }
    const two = await Promise.all(['ins_1', 'ins_2'].map((ins) => start(db, { id: ins, clock }, [id])))
    await Promise.all(
      two.map(async ({ breakers }) => {
        for (let call = 0; call < 3; call += 1) await fail(breakers, id)
      }),
    )
    const retryAt = () => two.map(({ breakers }) => breakers.describe(id)[0]?.retryAt)
    await expect.poll(() => new Set(retryAt()).size, { timeout: 10_000 }).toBe(1)
    expect(retryAt()[0]).toEqual(expect.any(String))
  })

  it.runIf(kind === 'postgres')(
    'obey an operator against whatever moved by itself at the same time',
    async () => {
      const db = await openDb()
      const id = name()
      const clock = { ms: Date.now(), nowMs: () => clock.ms }
      const away = { is: true }
      const one = await start(db, { id: 'ins_1', clock }, [id])
      const two = await start(cutOff(db, away), { id: 'ins_2', clock }, [id])
      await openAndRecover(two.breakers, id, clock)
      expect(phase(two.breakers, id)).toBe('closed')
      await one.breakers.isolate({ deploymentId: id, actorId: 'usr_1', reason: 'held', untilMs: null })
      away.is = false
      await expect.poll(() => phase(two.breakers, id), { timeout: 10_000 }).toBe('isolated')
      const third = await start(db, { id: 'ins_3', clock }, [id])
      expect([phase(one.breakers, id), phase(third.breakers, id)]).toEqual(['isolated', 'isolated'])
    },
  )

  it.runIf(kind === 'postgres')(
    'obey an operator whose instance had not heard of the last moves',
    async () => {
      const db = await openDb()
      const id = name()
      const clock = { ms: Date.now(), nowMs: () => clock.ms }
      const away = { is: true }
      const one = await start(db, { id: 'ins_1', clock }, [id])
      const two = await start(cutOff(db, away), { id: 'ins_2', clock }, [id])
      for (let round = 0; round < 2; round += 1) await openAndRecover(one.breakers, id, clock)
      expect((await one.breakers.transitions(id, 10)).length).toBe(6)
      const action = { deploymentId: id, actorId: 'usr_2', reason: 'held' }
      const isolated = two.breakers.isolate({ ...action, untilMs: null }).catch(() => undefined)
      away.is = false
      await isolated
      const phases = () => [phase(one.breakers, id), phase(two.breakers, id)]
      await expect.poll(phases, { timeout: 10_000 }).toEqual(['isolated', 'isolated'])
      await one.breakers.release(action)
      await expect.poll(phases, { timeout: 10_000 }).toEqual(['closed', 'closed'])
    },
  )

  it('go on in memory while the database is away, and write what happened when it is back', async () => {
    const db = await openDb()
    const id = name()
    let away = true
    const orm = new Proxy(db.orm, {
      get(target, key, receiver) {
        if (away && key === 'transaction') return () => Promise.reject(new Error('the database is away'))
        return Reflect.get(target, key, receiver)
      },
    })
    const { breakers } = await start({ ...db, orm }, { id: 'ins_1', clock: { nowMs: Date.now } }, [id])
    for (let call = 0; call < 3; call += 1) await fail(breakers, id)
    expect(phase(breakers, id)).toBe('open')
    expect((await admit(breakers, id)).admitted).toBe(false)
    expect(await breakers.transitions(id, 10)).toEqual([])
    away = false
    await expect.poll(async () => (await breakers.transitions(id, 10)).length, { timeout: 10_000 }).toBe(1)
  })
})

const redisUrl = process.env.HUNTAZE_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
const redisRefusal = await askRedis()

async function askRedis(): Promise<string | null> {
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return null
  } catch (error) {
    return `no Redis at ${redisUrl}: ${error instanceof Error ? error.message : error}`
  } finally {
    redis.disconnect()
  }
}

describeOnDatabases('probes of several instances', (openDb, { kind }) => {
  const crowd = 6

  async function probesOf(db: Database, leasesOf: () => ProbeLeases): Promise<void> {
    const id = name()
    const clock = { ms: Date.now(), nowMs: () => clock.ms }
    const instances = await Promise.all(
      Array.from({ length: crowd }, (_, index) =>
        start(db, { id: `ins_${index}`, clock, leases: leasesOf() }, [id]),
      ),
    )
    for (const { breakers } of instances) for (let call = 0; call < 3; call += 1) await fail(breakers, id)
    clock.ms += 16_000
    const asked = await Promise.all(instances.map(({ breakers }) => admit(breakers, id)))
    const probes = asked.filter((one): one is Admission => one.admitted)
    expect(probes).toHaveLength(1)
    const prober = instances[asked.findIndex(({ admitted }) => admitted)]
    if (probes[0]) prober?.breakers.settle(probes[0], { kind: 'cancelled' })
    // What was cancelled gives its place back: somebody may probe again.
    const askAll = async () => {
      const next = await Promise.all(instances.map(({ breakers }) => admit(breakers, id)))
      return next.filter(({ admitted }) => admitted).length
    }
    await expect.poll(askAll, { timeout: 10_000 }).toBe(1)
  }

  it.runIf(kind === 'postgres')('are one at a time through Postgres', async () => {
    const db = await openDb()
    await probesOf(db, () => createPostgresProbeLeases(db, noErrors))
  })

  describe.skipIf(redisRefusal !== null)(redisRefusal ? `Redis: skipped, ${redisRefusal}` : 'Redis', () => {
    it.runIf(kind === 'postgres')('are one at a time through Redis', async () => {
      const db = await openDb()
      const connections = Array.from({ length: crowd }, () => new Redis(redisUrl))
      const rest = [...connections]
      try {
        await probesOf(db, () => createRedisProbeLeases(rest.pop() ?? new Redis(redisUrl), noErrors))
      } finally {
        for (const redis of connections) redis.disconnect()
      }
    })
  })

  it.runIf(kind === 'postgres')('close the breaker for all when one is good', async () => {
    const db = await openDb()
    const id = name()
    const clock = { ms: Date.now(), nowMs: () => clock.ms }
    const [one, two] = await Promise.all(['ins_1', 'ins_2'].map((ins) => start(db, { id: ins, clock }, [id])))
    if (!one || !two) throw new Error('two instances')
    for (let call = 0; call < 3; call += 1) await fail(one.breakers, id)
    await expect.poll(() => phase(two.breakers, id), { timeout: 10_000 }).toBe('open')
    clock.ms += 16_000
    const probe = await admit(one.breakers, id)
    if (probe.admitted) one.breakers.settle(probe, fine)
    expect(phase(one.breakers, id)).toBe('closed')
    await expect.poll(() => phase(two.breakers, id), { timeout: 10_000 }).toBe('closed')
  })
})
