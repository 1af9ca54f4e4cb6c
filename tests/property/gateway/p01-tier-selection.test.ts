import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import { planRoute } from '#lib/gateway/plan-route'
import { askedOutputLimit, providerBody } from '#lib/gateway/provider-body'
import { anyone, calmSnapshot } from '#tests/support/route-snapshots'

const endpoints = {
  primary: 'https://we.example.com',
  dr: 'https://ne.example.com',
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
}
const parsed = parseCatalog(builtInCatalog(endpoints))
if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
const { catalog } = parsed

const models = { premium: 'gpt-4-turbo', standard: 'gpt-4', economy: 'gpt-35-turbo' } as const
const tier = fc.constantFrom('premium', 'standard', 'economy')
const limit = fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: null })
const request = fc.record({
  model: tier,
  stream: fc.boolean(),
  max_tokens: limit,
  max_completion_tokens: limit,
  temperature: fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: null }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  messages: fc.array(fc.record({ role: fc.constantFrom('user', 'system'), content: fc.string() }), {
    minLength: 1,
    maxLength: 4,
  }),
})

function plan(body: ChatRequestBody, random: number) {
  const decision = planRoute(
    {
      kind: 'chat',
      model: body.model,
      stream: body.stream === true,
      maxOutputTokens: askedOutputLimit(body),
      temperature: body.temperature ?? null,
      ...anyone,
    },
    { ...calmSnapshot(catalog), random },
  )
  if (!decision.ok) throw new Error(decision.message)
  return decision.plan
}

describe('tier selection', () => {
  it('P1 the first candidate of a healthy tier is its model, and limits stay within the tier', () => {
    fc.assert(
      fc.property(request, ({ random, ...fields }) => {
        const body = fields as ChatRequestBody
        const route = plan(body, random)
        const first = catalog.deployments.get(route.candidates[0]?.deploymentId ?? '')
        const tierLimit = catalog.tiers.get(body.model)?.maxOutputTokens ?? 0
        expect(first?.model).toBe(models[body.model as keyof typeof models])
        expect(first?.regionRole).toBe('primary')
        const sent = providerBody(body, route.limits, first?.model ?? '')
        const asked = askedOutputLimit(body)
        expect(sent.max_tokens).toBe(asked === null ? tierLimit : Math.min(asked, tierLimit))
        expect(sent.max_completion_tokens).toBeUndefined()
        if (body.temperature !== null && body.temperature !== undefined)
          expect(sent.temperature).toBeCloseTo(body.temperature, 10)
        expect(sent.messages).toEqual(body.messages)
      }),
      { numRuns: 500 },
    )
  })

  it('P1 candidates follow the chain, each once, whatever the draw', () => {
    fc.assert(
      fc.property(request, ({ random, ...fields }) => {
        const route = plan(fields as ChatRequestBody, random)
        const ids = route.candidates.map(({ deploymentId }) => deploymentId)
        expect(ids).toEqual(catalog.tiers.get(fields.model)?.chain.flat())
        expect(new Set(ids).size).toBe(ids.length)
        expect(route.reasons.length).toBeGreaterThanOrEqual(ids.length)
      }),
    )
  })

  it('P1 a step of several is balanced within itself and a cooled-down deployment stands last but stays', () => {
    const chains = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
    const cooled = fc.array(fc.boolean(), { minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(
        chains,
        cooled,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (sizes, cooling, random) => {
          const chain = sizes.map((size, step) => Array.from({ length: size }, (_, k) => `d-${step}-${k}`))
          const result = parseCatalog({
            regions: [{ name: 'one', endpoint: 'https://one.example.com' }],
            deployments: chain.flat().map((id) => ({ id, region: 'one', deployment: id, model: 'gpt-4' })),
            tiers: { t: { chain } },
          })
          if (!result.ok) throw new Error(result.problems.join())
          const until = new Map(
            chain
              .flat()
              .filter((_, index) => cooling[index])
              .map((id) => [id, 1000]),
          )
          const decision = planRoute(
            {
              kind: 'chat',
              model: 't',
              stream: false,
              maxOutputTokens: null,
              temperature: null,
              ...anyone,
            },
            { ...calmSnapshot(result.catalog), cooldownUntilMs: until, random },
          )
          if (!decision.ok) throw new Error(decision.message)
          const ids = decision.plan.candidates.map(({ deploymentId }) => deploymentId)
          expect([...ids].sort()).toEqual([...chain.flat()].sort())
          const free = decision.plan.candidates.filter(({ deploymentId }) => !until.has(deploymentId))
          expect(free.map(({ step }) => step)).toEqual(
            [...free.map(({ step }) => step)].sort((a, b) => a - b),
          )
          expect(ids.slice(free.length).every((id) => until.has(id))).toBe(true)
        },
      ),
    )
  })
})
