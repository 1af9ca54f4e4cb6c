/** A route whose alerts are asked for. */
export interface AlertedRoute {
  rolloutId: string
  tier: string
  /** Null = every operation of the tier. */
  operation: string | null
  /** Catalog ids of the candidate. */
  deployments: readonly string[]
  /** Behind them. */
  models: readonly string[]
}

/** Labels of alerts about something that no route stands on. */
const ofOthers = ['account', 'budget', 'experiment', 'variant', 'job', 'version']

/**
 * Whether an alert is about the route, its candidate, or the system as a whole. One that names another rollout, tier,
 * operation, deployment or model, or an account, an experiment or a model version, is about that.
 */
export function concernsRoute(labels: Readonly<Record<string, string>>, route: AlertedRoute): boolean {
  if (ofOthers.some((name) => labels[name] !== undefined)) return false
  const { rollout, tier, operation, deployment, model } = labels
  if (rollout !== undefined) return rollout === route.rolloutId
  if (deployment !== undefined) return route.deployments.includes(deployment)
  if (model !== undefined && !route.models.includes(model)) return false
  if (tier !== undefined && tier !== route.tier) return false
  return operation === undefined || route.operation === null || operation === route.operation
}
