import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { classifyFailure } from '#lib/gateway/classify-failure'
import type { Failure, FailureEvidence } from '#lib/gateway/failure'
import { defaultTierPolicy } from '#lib/resilience/policy-schema'
import type { AttemptResult, FailedAttempt } from '#server/gateway/attempt-once'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { hedgeDelayMs, type Race, raceAttempts } from '#server/gateway/hedge-attempts'
import { createRequestAbort } from '#server/gateway/request-abort'
import { createHedgeShares } from '#server/resilience/hedge-shares'

const failureOf = (evidence: FailureEvidence): Failure =>
  classifyFailure(evidence, { provisioned: false, nowMs: 0 })
const reset = failureOf({ kind: 'reset', message: 'reset' })
const filtered = failureOf({
  kind: 'http',
  status: 400,
  headers: {},
  body: JSON.stringify({ error: { message: 'Filtered.', code: 'content_filter' } }),
})
const cancelled = failureOf({ kind: 'cancelled' })

/** One attempt that ends when the test says so, or as cancelled as soon as it is given up. */
function scripted(name: string, { hearsAbort = true } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<AttemptResult<string>>()
  const attempt = { deployment: { id: name } } as FailedAttempt['attempt']
  const fail = (failure: Failure) => resolve({ ok: false, failure, attempt, limits: null })
  const started = Promise.withResolvers<AbortSignal>()
  return {
    start(signal: AbortSignal) {
      started.resolve(signal)
      if (hearsAbort) signal.addEventListener('abort', () => fail(cancelled), { once: true })
      return promise
    },
    started: started.promise,
    answer: () => resolve({ ok: true, answer: `answer of ${name}`, attempt }),
    fail,
    break: () => reject(new Error(`${name} broke`)),
  }
}

interface World {
  delayMs?: number
  contentFilterFallback?: boolean
  firstHearsAbort?: boolean
  secondHearsAbort?: boolean
  enterRival?: (
    rival: NonNullable<Awaited<ReturnType<Race<string>['enterRival']>>>,
  ) => ReturnType<Race<string>['enterRival']>
}

function worldOf(world: World = {}) {
  const noted: string[] = []
  const caller = new AbortController()
  const abort = createRequestAbort(caller.signal)
  const hedges = createHedgeShares()
  const hedge = { ...defaultTierPolicy.hedge, enabled: true }
  const policy = {
    ...defaultTierPolicy,
    hedge,
    contentFilterFallback: world.contentFilterFallback ?? false,
  }
  const run = {
    abort,
    streamed: true,
    context: { requestId: 'req_1', correlationId: 'req_1' },
    plan: { tier: 't', policy },
    walk: { attempts: [], candidates: [{}, {}] },
    parts: {
      hedges,
      log: { forError: () => void noted.push('logged') },
      gauges: { firstTokenP95Ms: () => null },
    },
  } as unknown as GatewayRun
  const first = scripted('first', { hearsAbort: world.firstHearsAbort ?? true })
  const second = scripted('second', { hearsAbort: world.secondHearsAbort ?? true })
  const rival = { start: second.start, leave: () => void noted.push('rival left') }
  const entered = Promise.withResolvers<void>()
  const result = raceAttempts<string>(run, {
    delayMs: world.delayMs ?? 0,
    first: first.start,
    enterRival: () => {
      entered.resolve()
      return world.enterRival ? world.enterRival(rival) : Promise.resolve(rival)
    },
    endFailed: async ({ attempt, failure }) =>
      void noted.push(`${attempt.deployment.id} ended: ${failure.class}`),
    discard: (answer) => void noted.push(`discarded: ${answer}`),
  })
  return { run, abort, caller, hedges, first, second, entered: entered.promise, result, noted }
}

/** What is left of the tier's share of hedges, at most three. */
function sharesLeft({ hedges }: ReturnType<typeof worldOf>): number {
  let left = 0
  while (hedges.take('t')) left += 1
  return left
}

describe('a race of two attempts', () => {
  it('is none where the first is in time', async () => {
    const world = worldOf({ delayMs: 60_000 })
    world.first.answer()
    expect(await world.result).toMatchObject({ ok: true, answer: 'answer of first' })
    expect(world.noted).toEqual([])
    expect(sharesLeft(world)).toBe(3)
  })

  it('is won by the first token; the loser is cancelled and has ended before the answer goes on', async () => {
    const world = worldOf()
    const signal = await world.first.started
    await world.second.started
    world.second.answer()
    expect(await world.result).toMatchObject({ ok: true, answer: 'answer of second' })
    expect(signal.aborted).toBe(true)
    expect((await world.second.started).aborted).toBe(false)
    expect(world.noted).toEqual(['first ended: cancelled'])
    expect(sharesLeft(world)).toBe(2)
  })

  it('lets go of an answer that came in spite of being given up', async () => {
    const world = worldOf({ firstHearsAbort: false })
    await world.second.started
    world.second.answer()
    await world.first.started.then((signal) => {
      if (signal.aborted) world.first.answer()
      else signal.addEventListener('abort', world.first.answer)
    })
    expect(await world.result).toMatchObject({ answer: 'answer of second' })
    expect(world.noted).toEqual(['discarded: answer of first', 'first ended: cancelled'])
  })

  it('goes on with the other when one fails', async () => {
    const world = worldOf()
    await world.second.started
    world.first.fail(reset)
    await expect.poll(() => world.noted).toEqual(['first ended: reset'])
    world.second.answer()
    expect(await world.result).toMatchObject({ answer: 'answer of second' })
    expect(world.noted).toEqual(['first ended: reset'])
  })

  it('is lost when both fail: the later failure is the result, the other is closed', async () => {
    const world = worldOf()
    await world.second.started
    world.second.fail(reset)
    await expect.poll(() => world.noted).toEqual(['second ended: reset'])
    world.first.fail(reset)
    expect(await world.result).toMatchObject({ ok: false, attempt: { deployment: { id: 'first' } } })
    expect(world.noted).toEqual(['second ended: reset'])
  })

  it('ends with a failure that nobody may follow, and the other is cancelled', async () => {
    const world = worldOf()
    await world.second.started
    world.first.fail(filtered)
    expect(await world.result).toMatchObject({ ok: false, failure: { class: 'content_filter' } })
    expect(world.noted).toEqual(['second ended: cancelled'])
  })

  it('does not, where the tier lets the next one answer what a content filter refused', async () => {
    const world = worldOf({ contentFilterFallback: true })
    await world.second.started
    world.first.fail(filtered)
    await expect.poll(() => world.noted).toEqual(['first ended: content_filter'])
    world.second.answer()
    expect(await world.result).toMatchObject({ answer: 'answer of second' })
  })
})

describe('a second attempt that nobody needs any more', () => {
  const gated = (world: World = {}) => {
    const gate = Promise.withResolvers<void>()
    const given = worldOf({ ...world, enterRival: (rival) => gate.promise.then(() => rival) })
    return { gate, ...given }
  }

  it.each([
    ['answered', (world: ReturnType<typeof worldOf>) => world.first.answer(), { ok: true }],
    ['failed', (world: ReturnType<typeof worldOf>) => world.first.fail(reset), { ok: false }],
  ])('is not begun when the first has %s while it was entered', async (_, end, expected) => {
    const world = gated()
    await world.entered
    end(world)
    await Promise.resolve()
    world.gate.resolve()
    expect(await world.result).toMatchObject({ ...expected, attempt: { deployment: { id: 'first' } } })
    expect(world.noted).toEqual(['rival left'])
    expect(sharesLeft(world)).toBe(3)
  })

  it('is not entered at all when the share is used up', async () => {
    const world = worldOf({ enterRival: () => Promise.reject(new Error('nobody may ask')) })
    for (let taken = 0; taken < 3; taken += 1) world.hedges.take('t')
    await world.first.started
    world.first.answer()
    expect(await world.result).toMatchObject({ answer: 'answer of first' })
    expect(world.noted).toEqual([])
  })
})

describe('what breaks of ours in a race', () => {
  it('while entering costs the hedge and nothing else', async () => {
    const world = worldOf({ enterRival: () => Promise.reject(new Error('it broke')) })
    await world.entered
    world.first.answer()
    expect(await world.result).toMatchObject({ answer: 'answer of first' })
    expect(world.noted).toEqual(['logged'])
    expect(sharesLeft(world)).toBe(3)
  })

  it('in the loser costs nothing', async () => {
    const world = worldOf({ firstHearsAbort: false })
    ;(await world.first.started).addEventListener('abort', world.first.break)
    await world.second.started
    world.second.answer()
    expect(await world.result).toMatchObject({ answer: 'answer of second' })
    expect(world.noted).toEqual(['logged'])
  })

  it('in the one that ends first is thrown, once the other has ended', async () => {
    const world = worldOf()
    await world.second.started
    world.first.break()
    await expect(world.result).rejects.toThrow('first broke')
    expect(world.noted).toEqual(['second ended: cancelled'])
  })
})

describe('a request that is aborted', () => {
  it('takes both attempts with it', async () => {
    const world = worldOf()
    const signals = await Promise.all([world.first.started, world.second.started])
    world.caller.abort()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(await world.result).toMatchObject({ ok: false, failure: { class: 'cancelled' } })
    expect(world.noted).toHaveLength(1)
  })

  it('takes the winner with it that is still being read, but nobody after its end', async () => {
    const read = worldOf()
    await read.second.started
    read.second.answer()
    await read.result
    read.abort.abort('deadline')
    expect((await read.second.started).aborted).toBe(true)
    const ended = worldOf()
    await ended.second.started
    ended.second.answer()
    await ended.result
    ended.abort.dispose()
    ended.abort.abort('deadline')
    expect((await ended.second.started).aborted).toBe(false)
  })

  it('leaves no listener behind', async () => {
    const world = worldOf()
    await world.second.started
    world.second.answer()
    await world.result
    world.abort.dispose()
    expect(getEventListeners(world.abort.signal, 'abort')).toEqual([])
    expect(getEventListeners(world.caller.signal, 'abort')).toEqual([])
  })
})

describe('the delay before a hedge', () => {
  const delayOf = (seen: { p95Ms: number; samples: number } | null, changes: object = {}) => {
    const { run } = worldOf({ delayMs: 60_000 })
    return hedgeDelayMs(
      { ...run, parts: { ...run.parts, gauges: { firstTokenP95Ms: () => seen } }, ...changes } as never,
      'first',
    )
  }

  it('is the p95 of the deployment once enough was measured', () => {
    expect(delayOf({ p95Ms: 740, samples: 20 })).toBe(740)
    expect(delayOf({ p95Ms: 740, samples: 19 })).toBe(2_000)
    expect(delayOf(null)).toBe(2_000)
  })

  it('is none where the answer does not stream, nobody else is left or the tier does not hedge', () => {
    expect(delayOf(null, { streamed: false })).toBeNull()
    expect(delayOf(null, { walk: { attempts: [], candidates: [{}] } })).toBeNull()
    expect(delayOf(null, { plan: { tier: 't', policy: defaultTierPolicy } })).toBeNull()
  })
})
