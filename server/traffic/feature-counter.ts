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

export function createFeatureCounter(onDirty: () => void): FeatureCounter {
  let day = ''
  const totals = new Map<string, FeatureUse>()
  const dirty = new Map<string, FeatureUse>()
  const routes = new Set<string>()

  function add(use: Omit<FeatureUse, 'requests'>): void {
    const key = `${use.tier}\n${use.operation}\n${use.feature}`
    const total = totals.get(key) ?? { ...use, requests: 0 }
    total.requests += 1
    totals.set(key, total)
    dirty.set(`${use.day}\n${key}`, total)
  }

  return {
    saw({ tier, operation, features, tokens, atMs }) {
      const today = utcDay(atMs)
      if (today !== day) {
        day = today
        totals.clear()
        routes.clear()
      }
      const route = `${tier}\n${operation}`
      if (routes.size < mostRoutes) routes.add(route)
      const of = { day, tier, operation: routes.has(route) ? operation : 'other' }
      add({ ...of, feature: 'requests' })
      for (const feature of features) add({ ...of, feature })
      if (tokens !== null) add({ ...of, feature: contextFeature(tokens) })
      onDirty()
    },
    take() {
      const taken = [...dirty.values()]
      dirty.clear()
      return taken
    },
    giveBack(uses) {
      for (const use of uses) dirty.set(`${use.day}\n${use.tier}\n${use.operation}\n${use.feature}`, use)
    },
  }
}
