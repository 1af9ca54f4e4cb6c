import type { Observation } from '#lib/alerts/observation'
import type { Catalog } from '#lib/deployments/catalog'

const dayMs = 86_400_000

/** `model.days_to_retirement` of every model that serves a tier and whose end is known; 0 = it is retired. */
export function observeModels(catalog: () => Catalog) {
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const { deployments, tiers } = catalog()
    const serving = new Set([...tiers.values()].flatMap(({ chain }) => chain.flat()))
    const seen = new Map<string, Observation>()
    for (const { id, model, lifecycle } of deployments.values()) {
      if (!serving.has(id) || !lifecycle) continue
      const { stage, retiresOn, replacement } = lifecycle
      if (retiresOn === null && stage !== 'retired') continue
      const days = retiresOn === null ? 0 : Math.ceil((Date.parse(retiresOn) - nowMs) / dayMs)
      seen.set(model, {
        metric: 'model.days_to_retirement',
        labels: { model },
        value: stage === 'retired' ? 0 : Math.max(0, days),
        unit: 'days',
        requestIds: [],
        detail: replacement === null ? `stage ${stage}` : `stage ${stage}; ${replacement} would replace it`,
      })
    }
    return [...seen.values()]
  }
}
