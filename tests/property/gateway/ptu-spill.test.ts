import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyFailure } from '#lib/gateway/classify-failure'
import { createDeploymentGauges } from '#server/deployments/deployment-gauges'
import { calmSnapshot, chainOf, orderOf } from '#tests/support/route-snapshots'

const catalog = chainOf([['ptu', 'payg-a', 'payg-b'], 'dr'], { ptu: { capacity: { ptu: 100 } } })
const arrival = fc.record({
  afterMs: fc.nat(1_500),
  session: fc.option(fc.constantFrom('fan 1', 'fan 2'), { nil: null }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  /** Milliseconds it asks for when it is full; null = it has room. */
  fullForMs: fc.option(fc.constantFrom(0, 40, 300, 20_000), { nil: null }),
})

describe('provisioned throughput', () => {
  it('is asked first by every request but those that come while it said that it is full; they alone spill', () => {
    fc.assert(
      fc.property(fc.array(arrival, { minLength: 1, maxLength: 60 }), (arrivals) => {
        const clock = { nowMs: 1_000_000 }
        const gauges = createDeploymentGauges({ nowMs: () => clock.nowMs })
        let fullUntilMs = 0
        for (const { afterMs, session, random, fullForMs } of arrivals) {
          clock.nowMs += afterMs
          const order = orderOf(
            { session },
            {
              ...calmSnapshot(catalog),
              nowMs: clock.nowMs,
              random,
              cooldownUntilMs: gauges.cooldowns(),
              loadOf: gauges.load,
            },
          )
          const isFull = clock.nowMs < fullUntilMs
          expect(order[0] === 'ptu').toBe(!isFull)
          expect(order[isFull ? 0 : 1]).toMatch(/^payg/)
          if (isFull || fullForMs === null) continue
          gauges.sawFailure(
            'ptu',
            classifyFailure(
              { kind: 'http', status: 429, headers: { 'retry-after-ms': String(fullForMs) }, body: '' },
              { provisioned: true, nowMs: clock.nowMs },
            ),
          )
          fullUntilMs = clock.nowMs + Math.min(fullForMs, 1_000)
        }
      }),
    )
  })
})
