import { describe, expect, it } from 'vitest'
import { limitsAt, scalingOf, statedUnits } from '#lib/deployments/capacity-limits'
import { defaultScaling } from '#lib/deployments/capacity-scaling'
import { capacitySizes, sizeAtLeast, sizeAtMost } from '#lib/deployments/capacity-sizes'
import { parseCatalog } from '#lib/deployments/parse-catalog'

const resourceManager = {
  subscriptionId: '00000000-0000-0000-0000-00000000000a',
  resourceGroup: 'ai-prod',
  account: 'ai-westeurope',
}

function catalog(deployment: object, region: object = { resourceManager }) {
  return parseCatalog({
    regions: [{ name: 'westeurope', endpoint: 'https://one.example.com', ...region }],
    deployments: [
      {
        id: 'a',
        region: 'westeurope',
        deployment: 'name',
        model: 'gpt-4o',
        capacity: { tokensPerMinute: 80_000, requestsPerMinute: 480 },
        ...deployment,
      },
    ],
    tiers: { premium: { chain: ['a'] } },
  })
}

const ptu = { capacity: { ptu: 100 } }

describe('scaling in the catalog', () => {
  it('has a default for everything', () => {
    const result = catalog({ scaling: { maxUnits: 200, autoApply: true } })
    if (!result.ok) throw new Error(result.problems.join())
    const deployment = result.catalog.deployments.get('a')
    expect(deployment?.scaling).toEqual({ ...defaultScaling, maxUnits: 200, autoApply: true })
    expect(result.catalog.data.regions[0]?.resourceManager).toEqual(resourceManager)
    expect(scalingOf({})).toEqual({
      sku: null,
      unitStep: null,
      minUnits: null,
      maxUnits: null,
      autoApply: false,
      upAbove: 0.8,
      upForMs: 300_000,
      rateLimitedAbove: 0.05,
      upBy: 0.25,
      upCoolDownMs: 900_000,
      downBelow: 0.3,
      downForMs: 3_600_000,
      downBy: 0.25,
      downCoolDownMs: 3_600_000,
    })
  })

  it.each([
    [
      'min above max',
      { scaling: { minUnits: 9, maxUnits: 8 } },
      'scaling.minUnits: must not exceed maxUnits',
    ],
    ['a band turned round', { scaling: { downBelow: 0.8 } }, 'scaling.downBelow: must be less than upAbove'],
    ['a window of nothing', { scaling: { upForMs: 0 } }, 'scaling.upForMs'],
    ['no cool-down', { scaling: { downCoolDownMs: 0 } }, 'scaling.downCoolDownMs'],
    ['a step of nothing', { scaling: { upBy: 0 } }, 'scaling.upBy'],
    ['shrinking to nothing', { scaling: { downBy: 1 } }, 'scaling.downBy'],
    ['a share above one', { scaling: { rateLimitedAbove: 1.5 } }, 'scaling.rateLimitedAbove'],
    ['an unknown field', { scaling: { upAbov: 0.5 } }, 'upAbov'],
    ['an unknown SKU', { scaling: { sku: 'S0' } }, 'scaling.sku'],
    [
      'autoApply without a bound',
      { scaling: { autoApply: true } },
      'scaling.maxUnits: must be stated where autoApply',
    ],
    [
      'autoApply without a capacity',
      { capacity: undefined, scaling: { autoApply: true, maxUnits: 9 } },
      'deployments.a.scaling.autoApply: needs the capacity that it has now',
    ],
    [
      'a provisioned SKU without PTU',
      { scaling: { sku: 'ProvisionedManaged' } },
      'deployments.a.scaling.sku: ProvisionedManaged needs capacity.ptu',
    ],
    [
      'a standard SKU with PTU',
      { ...ptu, scaling: { sku: 'GlobalStandard' } },
      'deployments.a.scaling.sku: GlobalStandard has no PTU',
    ],
    [
      'bounds between two sizes',
      { ...ptu, scaling: { minUnits: 60, maxUnits: 90 } },
      'deployments.a.scaling.maxUnits: gpt-4o comes in 50, 100, 150, … PTU, none of which lies between',
    ],
    [
      'another provider',
      { provider: 'openai', scaling: {} },
      'deployments.a.scaling: only Azure OpenAI deployments can be resized',
    ],
  ])('refuses %s and says where', (_name, deployment, problem) => {
    const result = catalog(deployment)
    expect(result.ok ? [] : result.problems.join('\n')).toContain(problem)
  })

  it.each([
    [
      'autoApply where nothing can be applied',
      undefined,
      'autoApply: needs regions.westeurope.resourceManager',
    ],
    [
      'plain http',
      { ...resourceManager, endpoint: 'http://127.0.0.1:1' },
      'resourceManager.endpoint: must be an https',
    ],
    [
      'half a resource manager',
      { subscriptionId: resourceManager.subscriptionId },
      'resourceManager.resourceGroup',
    ],
    [
      'a subscription that is none',
      { ...resourceManager, subscriptionId: 'prod' },
      'resourceManager.subscriptionId',
    ],
    ['a group with a slash', { ...resourceManager, resourceGroup: 'a/b' }, 'resourceManager.resourceGroup'],
  ])('refuses a region with %s', (_name, manager, problem) => {
    const result = catalog({ scaling: { autoApply: true, maxUnits: 100 } }, { resourceManager: manager })
    expect(result.ok ? [] : result.problems.join('\n')).toContain(problem)
  })
})

describe('capacity', () => {
  it.each([
    [
      { tokensPerMinute: 80_000, requestsPerMinute: 480 },
      80,
      120,
      { tokensPerMinute: 120_000, requestsPerMinute: 720 },
    ],
    [{ tokensPerMinute: 80_500 }, 80, 80, { tokensPerMinute: 80_000, requestsPerMinute: null }],
    [{ tokensPerMinute: 999 }, null, null, { tokensPerMinute: null, requestsPerMinute: null }],
    [{ requestsPerMinute: 60 }, null, null, { tokensPerMinute: null, requestsPerMinute: null }],
    [{ ptu: 50 }, 50, 100, { tokensPerMinute: null, requestsPerMinute: null }],
    [{ ptu: 50, tokensPerMinute: 125_000 }, 50, 100, { tokensPerMinute: 250_000, requestsPerMinute: null }],
  ])('%j is %s units; at %s its limits are %j', (stated, units, at, limits) => {
    const capacity = { ptu: 0, enforce: false, ...stated }
    expect(statedUnits({ capacity })).toBe(units)
    expect(limitsAt({ capacity }, at)).toEqual(limits)
  })

  it.each([
    ['gpt-4o', null, { minimum: 50, step: 50 }],
    ['gpt-4o-mini', 'ProvisionedManaged', { minimum: 25, step: 25 }],
    ['gpt-5-mini', 'GlobalProvisionedManaged', { minimum: 15, step: 5 }],
    ['gpt-4o', 'DataZoneProvisionedManaged', { minimum: 15, step: 5 }],
    ['gpt-4-turbo', null, null],
  ] as const)('%s as %s comes in %j', (model, sku, sizes) => {
    expect(capacitySizes({ model, unit: 'PTU', sku, unitStep: null })).toEqual(sizes)
    expect(capacitySizes({ model, unit: 'PTU', sku, unitStep: 100 })).toEqual({ minimum: 100, step: 100 })
    expect(capacitySizes({ model, unit: 'kTPM', sku: null, unitStep: null })).toEqual({ minimum: 1, step: 1 })
  })

  it('rounds to sizes without paying for floating point', () => {
    const fine = { minimum: 1, step: 1 }
    const coarse = { minimum: 15, step: 5 }
    expect(sizeAtLeast(100 * 1.1, fine)).toBe(110)
    expect([1, 15, 15.1, 21].map((units) => sizeAtLeast(units, coarse))).toEqual([15, 15, 20, 25])
    expect([14, 15, 19.9, 20].map((units) => sizeAtMost(units, coarse))).toEqual([10, 15, 15, 20])
  })
})
