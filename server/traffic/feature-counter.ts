import { utcDay } from '#lib/costs/utc-day'
import type { ModelFeature } from '#lib/deployments/model-capabilities'
import { contextFeature, type UsedFeature } from '#lib/traffic/used-features'

/** One request of which only its features are looked at. */
export interface FeatureSight {
  tier: string
  operation: string
  features: readonly ModelFeature[]
  /** Input and output limit together; null where the provider said nothing of the input. */
  tokens: number | null
  atMs: number
}

/** A day's total of one feature on this instance. */
export interface FeatureUse {
  day: string
  tier: string
  operation: string
  feature: UsedFeature
  requests: number
}

/** Counts what requests use, in memory. */
export interface FeatureCounter {
  saw(sight: FeatureSight): void
  /** Totals that changed since they were last taken. */
  take(): readonly FeatureUse[]
  giveBack(uses: readonly FeatureUse[]): void
}

/** Operations are callers' words, so their number has a bound; later ones count as `other`. */
const mostRoutes = 200
const otherOperation = 'other'

/** What was counted of one route since the day began; a route is looked up without building a key for it. */
interface RouteTotals {
  operation: string
  uses: Map<UsedFeature, FeatureUse>
}

export function createFeatureCounter(onDirty: () => void): FeatureCounter {
  let day = ''
  let routes = 0
  const tiers = new Map<string, Map<string, RouteTotals>>()
  const dirty = new Set<FeatureUse>()

  function begin(today: string): void {
    day = today
    routes = 0
    tiers.clear()
  }

  function totalsOf(tier: string, operation: string): RouteTotals {
    const operations = tiers.get(tier) ?? new Map<string, RouteTotals>()
    tiers.set(tier, operations)
    const known = operations.get(operation)
    if (known) return known
    if (routes >= mostRoutes && operation !== otherOperation) return totalsOf(tier, otherOperation)
    routes += 1
    const totals: RouteTotals = { operation, uses: new Map() }
    operations.set(operation, totals)
    return totals
  }

  function add(tier: string, { operation, uses }: RouteTotals, feature: UsedFeature): void {
    let use = uses.get(feature)
    if (!use) {
      use = { day, tier, operation, feature, requests: 0 }
      uses.set(feature, use)
    }
    use.requests += 1
    dirty.add(use)
  }

  return {
    saw({ tier, operation, features, tokens, atMs }) {
      const today = utcDay(atMs)
      if (today !== day) begin(today)
      const totals = totalsOf(tier, operation)
      add(tier, totals, 'requests')
      for (const feature of features) add(tier, totals, feature)
      if (tokens !== null) add(tier, totals, contextFeature(tokens))
      onDirty()
    },
    take() {
      const taken = [...dirty]
      dirty.clear()
      return taken
    },
    giveBack(uses) {
      for (const use of uses) dirty.add(use)
    },
  }
}
