import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { soonestProbeMs } from '#lib/gateway/exhausted-error'
import { planRoute } from '#lib/gateway/plan-route'
import type { DeploymentBlock } from '#lib/resilience/breaker-signal'
import { breakerWorld, catalogWith } from '#tests/support/breaker-worlds'
import { anyone, calmSnapshot } from '#tests/support/route-snapshots'

const ten = Array.from({ length: 10 }, (_, index) => `d${index}`)
const request = {
  kind: 'chat' as const,
  model: 't',
  stream: false,
  maxOutputTokens: null,
  temperature: null,
  ...anyone,
}
const block = (retryAtMs: number | null): DeploymentBlock => ({
  signal: 'health',
  phase: 'open',
  reason: 'it failed',
  retryAtMs,
})

describe('breakers of many deployments', () => {
  it('P23 never influence each other: of ten, exactly those that fail open, in any order of calls', () => {
    fc.assert(
      fc.property(
        fc.subarray(ten),
        fc.array(fc.constantFrom(...ten), { minLength: 60, maxLength: 120 }),
        (failing, order) => {
          const world = breakerWorld(ten)
          for (const id of [...order, ...ten, ...ten, ...ten]) {
            const admission = world.admit(id)
            if (admission) world.end(admission, failing.includes(id) ? 'bad' : 'good')
          }
          expect(ten.filter((id) => world.phase(id) === 'open')).toEqual(failing)
          expect(ten.filter((id) => world.isBlocked(id))).toEqual(failing)
        },
      ),
    )
  })

  it('P23 every subset of ten deployments may be open, and the others let every call through', () => {
    for (let mask = 0; mask < 1024; mask += 1) {
      const world = breakerWorld(ten)
      for (const [index, id] of ten.entries()) {
        for (let call = 0; call < 4; call += 1) {
          const admission = world.admit(id)
          if (admission) world.end(admission, (mask >> index) % 2 === 1 ? 'bad' : 'good')
        }
      }
      const open = ten.filter((_, index) => (mask >> index) % 2 === 1)
      expect(ten.filter((id) => world.admit(id) === null)).toEqual(open)
    }
  })

  it('P23 the signals of one deployment are breakers of their own', () => {
    const world = breakerWorld(['a'])
    for (let call = 0; call < 3; call += 1) {
      const admission = world.admit('a')
      if (admission) world.end(admission, 'bad')
    }
    expect(['health', 'latency', 'configuration'].map((one) => world.phase('a', one as 'health'))).toEqual([
      'open',
      'closed',
      'closed',
    ])
  })

  it('P20 no open deployment stands before one that may be asked, and none is lost or named twice', () => {
    const catalog = catalogWith(ten, {})
    fc.assert(
      fc.property(fc.subarray(ten), (open) => {
        const decision = planRoute(request, {
          ...calmSnapshot(catalog),
          blocks: new Map(open.map((id) => [id, block(1000)])),
        })
        if (!decision.ok) throw new Error(decision.message)
        const ids = decision.plan.candidates.map(({ deploymentId }) => deploymentId)
        expect(ids).toEqual([...ten.filter((id) => !open.includes(id)), ...open])
        const said = decision.plan.reasons.filter(({ code }) => code === 'breaker')
        expect(said.map(({ deploymentId }) => deploymentId)).toEqual(open)
      }),
    )
  })

  it('P20 Retry-After is no later than the soonest probe', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: null }), { minLength: 1 }),
        fc.nat(50_000),
        (times, nowMs) => {
          const skipped = times.map((atMs, index) => ({ deploymentId: `d${index}`, block: block(atMs) }))
          const soonest = soonestProbeMs(skipped, nowMs)
          const known = times.filter((atMs) => atMs !== null)
          if (known.length === 0) expect(soonest).toBeNull()
          else expect(soonest).toBe(Math.max(0, Math.min(...known) - nowMs))
        },
      ),
    )
  })
})
