import type { Deployment } from '#lib/deployments/catalog'

/** What tells versions apart. */
export interface VersionIdentity {
  id: string
  kind: 'base' | 'fine_tuned' | 'prompt'
  provider: string
  model: string
}

/**
 * Which version each deployment of the catalog serves: what was deployed from here by its own record, the rest by
 * provider and model. Deployments of unknown models are not in it.
 */
export function versionsByDeployment(
  deployments: Iterable<Pick<Deployment, 'id' | 'provider' | 'model' | 'preset'>>,
  { versions, made }: { versions: readonly VersionIdentity[]; made: ReadonlyMap<string, string> },
): Map<string, string> {
  const byModel = new Map(
    versions.filter(({ kind }) => kind !== 'prompt').map((one) => [`${one.provider} ${one.model}`, one.id]),
  )
  const found = new Map<string, string>()
  for (const { id, provider, model, preset } of deployments) {
    const version = made.get(id) ?? (preset ? undefined : byModel.get(`${provider} ${model}`))
    if (version !== undefined) found.set(id, version)
  }
  return found
}

/** A name that Azure and the catalog take for a deployment of a version. */
export function deploymentName(name: string, number: number): string {
  const plain = name
    .toLowerCase()
    .replace(/^[a-z-]+\//, '')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return `${plain.slice(0, 48) || 'model'}-v${number}`
}
