import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInCatalog } from '#lib/deployments/built-in-catalog'
import { parseCatalog } from '#lib/deployments/parse-catalog'
import type { RoutePlan } from '#lib/gateway/route-plan'
import { applyOrders, type LocalOrder } from '#lib/traffic/apply-orders'
import { isInScope } from '#lib/traffic/route-traffic'
import {
  catalogTraffic,
  isSameScope,
  type SwitchScope,
  type TrafficConfig,
  type TrafficShare,
  type TrafficSwitch,
} from '#lib/traffic/traffic-config'
import { calmSnapshot, planOf } from '#tests/support/route-snapshots'

const endpoint = 'https://one.example.com'
const parsed = parseCatalog(
  builtInCatalog({ primary: endpoint, dr: endpoint, openai: endpoint, anthropic: endpoint }),
)
if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
const { catalog } = parsed
const tiers = ['premium', 'standard', 'economy'] as const
const operations = ['reply', 'caption'] as const

const scope = fc.oneof(
  fc.constant<SwitchScope>({ kind: 'all' }),
  fc.record({ kind: fc.constant('tier' as const), tier: fc.constantFrom(...tiers) }),
  fc.record({
    kind: fc.constant('operation' as const),
    tier: fc.option(fc.constantFrom(...tiers), { nil: null }),
    operation: fc.constantFrom(...operations),
  }),
)
const request = fc.record({
  model: fc.constantFrom(...tiers),
  operation: fc.constantFrom(...operations),
  session: fc.option(fc.nat(40).map(String), { nil: null }),
  creatorId: fc.nat(40).map((n) => `creator-${n}`),
  requestId: fc.nat(1_000_000).map((n) => `req_${n}`),
})
type Asked = typeof request extends fc.Arbitrary<infer Value> ? Value : never

const share: TrafficShare = {
  rolloutId: 'rol_1',
  tier: 'premium',
  operation: null,
  salt: 'salt',
  baseline: 'legacy',
  candidate: null,
  candidateWeightBps: 5_000,
  visit: 1,
  carried: null,
  watched: true,
  shadow: null,
}

function plan(asked: Asked, traffic: Partial<TrafficConfig>): RoutePlan {
  return planOf(asked, { ...calmSnapshot(catalog), traffic: { ...catalogTraffic, ...traffic } })
}
const providers = ({ candidates }: RoutePlan) =>
  candidates.map(({ deploymentId }) => catalog.deployments.get(deploymentId)?.provider)
const isLegacyOnly = (one: RoutePlan) => providers(one).every((provider) => provider !== 'azure-openai')

/** What happens to a fleet of three instances and their database, one thing after the other, a poll apart at most. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), at: fc.nat(2), asked: request }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('throw' as const), scope }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), scope }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('poll' as const), at: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('database' as const), up: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      at: fc.nat(2),
      action: fc.constantFrom('roll_back' as const, 'return' as const),
      scope,
    }),
  },
)
type Happening = typeof event extends fc.Arbitrary<infer Value> ? Value : never

interface Instance {
  stored: readonly TrafficSwitch[]
  version: number
  orders: LocalOrder[]
}

function createFleet() {
  const database = { up: true, version: 0, switches: [] as TrafficSwitch[] }
  const instances: Instance[] = [0, 1, 2].map(() => ({ stored: [], version: 0, orders: [] }))
  let next = 0
  const newId = () => {
    next += 1
    return `tsw_${next}`
  }
  const put = (thrown: SwitchScope, id: string) => {
    if (database.switches.some((one) => isSameScope(one.scope, thrown))) return
    database.switches.push({ id, scope: thrown, sinceMs: 0 })
    database.version += 1
  }
  const end = (returned: SwitchScope, all: boolean) => {
    database.switches = database.switches.filter((one) => !(all || isSameScope(one.scope, returned)))
    database.version += 1
  }
  const replay = (instance: Instance) => {
    for (const { action, scope: ordered, id } of instance.orders.splice(0)) {
      if (action === 'roll_back') put(ordered, id)
      else end(ordered, ordered.kind === 'all')
    }
  }
  return {
    database,
    instances,
    configOf: ({ stored, version, orders }: Instance): Partial<TrafficConfig> => ({
      version,
      switches: applyOrders({ switches: stored, knownIds: new Set(stored.map(({ id }) => id)) }, orders),
    }),
    happen(what: Exclude<Happening, { kind: 'ask' }>) {
      const instance = 'at' in what ? instances[what.at] : undefined
      if (what.kind === 'database') database.up = what.up
      else if (what.kind === 'throw' && database.up) put(what.scope, newId())
      else if (what.kind === 'return' && database.up) end(what.scope, false)
      else if (what.kind === 'order' && instance) {
        const said = { via: 'file' as const, by: 'Ada', reason: 'because', atMs: 0 }
        instance.orders.push({ id: newId(), action: what.action, scope: what.scope, ...said })
      } else if (what.kind === 'poll' && instance && database.up) {
        replay(instance)
        instance.stored = [...database.switches]
        instance.version = database.version
      }
    },
  }
}

describe('P42 rollback', () => {
  it('P42 whoever acknowledged the version sends every request in scope to the legacy providers alone, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (happenings) => {
        const fleet = createFleet()
        for (const what of happenings) {
          if (what.kind !== 'ask') {
            fleet.happen(what)
            continue
          }
          const instance = fleet.instances[what.at]
          if (!instance) throw new Error('three instances')
          const config = fleet.configOf(instance)
          const made = plan(what.asked, config)
          const { model, operation } = what.asked
          const holds =
            config.switches?.some((one) => isInScope({ tier: model, operation }, one.scope)) ?? false
          expect(isLegacyOnly(made)).toBe(holds)
          expect(made.traffic.arm).toBe(holds ? 'legacy' : null)
          const acknowledges = instance.version === fleet.database.version && instance.orders.length === 0
          if (!acknowledges) continue
          const wanted = fleet.database.switches.some((one) =>
            isInScope({ tier: model, operation }, one.scope),
          )
          expect(holds).toBe(wanted)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('P42 an instance without the database keeps its last configuration until an order reaches it', () => {
    fc.assert(
      fc.property(request, fc.boolean(), (asked, wasThrown) => {
        const fleet = createFleet()
        const [instance] = fleet.instances
        if (!instance) throw new Error('three instances')
        if (wasThrown) fleet.happen({ kind: 'throw', scope: { kind: 'all' } })
        fleet.happen({ kind: 'poll', at: 0 })
        fleet.happen({ kind: 'database', up: false })
        fleet.happen({ kind: 'poll', at: 0 })
        expect(isLegacyOnly(plan(asked, fleet.configOf(instance)))).toBe(wasThrown)
        fleet.happen({
          kind: 'order',
          at: 0,
          action: wasThrown ? 'return' : 'roll_back',
          scope: { kind: 'all' },
        })
        expect(isLegacyOnly(plan(asked, fleet.configOf(instance)))).toBe(!wasThrown)
        fleet.happen({ kind: 'database', up: true })
        fleet.happen({ kind: 'poll', at: 0 })
        expect(isLegacyOnly(plan(asked, fleet.configOf(instance)))).toBe(!wasThrown)
        expect(instance.orders).toEqual([])
      }),
    )
  })
})

describe('P43 data preservation', () => {
  it('P43 with flips between any two requests, all but the provider is what it is without them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ asked: request, flips: fc.array(scope, { maxLength: 2 }) }), {
          minLength: 1,
          maxLength: 30,
        }),
        (steps) => {
          let switches: TrafficSwitch[] = []
          for (const [index, { asked, flips }] of steps.entries()) {
            for (const flip of flips) {
              const before = switches.length
              switches = switches.filter((one) => !isSameScope(one.scope, flip))
              if (switches.length === before)
                switches.push({ id: `tsw_${index}`, scope: flip, sinceMs: index })
            }
            const [without, withFlips] = [
              plan(asked, { shares: [share] }),
              plan(asked, { shares: [share], switches }),
            ]
            const { tier, limits, policy, requiredRegion } = without
            expect(withFlips).toMatchObject({ tier, limits, policy, requiredRegion })
            // Cohorts are hashed, not stored: whoever is not moved by a switch is on the side on which it always was.
            if (withFlips.traffic.arm !== 'legacy') expect(withFlips.traffic).toEqual(without.traffic)
          }
          const last = steps.at(-1)?.asked
          if (last)
            expect(plan(last, { shares: [share], switches: [] })).toEqual(plan(last, { shares: [share] }))
        },
      ),
      { numRuns: 200 },
    )
  })
})
