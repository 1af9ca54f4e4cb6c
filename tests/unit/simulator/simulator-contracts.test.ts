import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latencyModelSchema, SIMULATOR_FAULT_KINDS, simulatorFaultSchema } from '#lib/contracts/simulator'

const VALID = { deployment: 'gpt-4-turbo-prod', kind: 'cut', expiresAtMs: 1_000 }

describe('simulatorFaultSchema', () => {
  it('accepts every kind and fills in the probability', () => {
    for (const kind of SIMULATOR_FAULT_KINDS) {
      expect(simulatorFaultSchema.parse({ ...VALID, kind })).toMatchObject({ kind, probability: 1 })
    }
  })

  it.each([
    ['no deployment', { deployment: '' }],
    ['an unknown kind', { kind: 'explode' }],
    ['no expiry', { expiresAtMs: undefined }],
    ['a probability above one', { probability: 1.01 }],
    ['a count of zero', { count: 0 }],
    ['a negative delay', { delayMs: -1 }],
    ['half a token', { afterTokens: 0.5 }],
    ['a status that is no server error', { status: 404 }],
    ['an unknown field', { forever: true }],
  ])('refuses %s', (_name, change) => {
    expect(simulatorFaultSchema.safeParse({ ...VALID, ...change }).success).toBe(false)
  })

  it('survives a trip through JSON', () => {
    const faults = fc.record(
      {
        deployment: fc.string({ minLength: 1, maxLength: 200 }),
        kind: fc.constantFrom(...SIMULATOR_FAULT_KINDS),
        probability: fc.double({ min: 0, max: 1, noNaN: true }),
        count: fc.integer({ min: 1, max: 1_000 }),
        afterTokens: fc.nat(),
        delayMs: fc.nat({ max: 86_400_000 }),
        retryAfterMs: fc.nat({ max: 86_400_000 }),
        status: fc.integer({ min: 500, max: 599 }),
        expiresAtMs: fc.nat(),
      },
      { requiredKeys: ['deployment', 'kind', 'probability', 'expiresAtMs'] },
    )
    fc.assert(
      fc.property(faults, (fault) => {
        const parsed = simulatorFaultSchema.parse(fault)
        expect(simulatorFaultSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(
          JSON.parse(JSON.stringify(parsed)),
        )
      }),
    )
  })
})

describe('latencyModelSchema', () => {
  it('accepts infinite speed and refuses none', () => {
    const model = { firstTokenMs: 0, tokensPerSecond: Number.POSITIVE_INFINITY, jitter: 0 }
    expect(latencyModelSchema.safeParse(model).success).toBe(true)
    expect(latencyModelSchema.safeParse({ ...model, tokensPerSecond: 0 }).success).toBe(false)
    expect(latencyModelSchema.safeParse({ ...model, jitter: 2 }).success).toBe(false)
  })
})
