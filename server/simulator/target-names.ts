import { providerOf, type Surface } from '#server/simulator/surface'

/** Where a request landed. */
export interface Target {
  deployment: string
  /** Null when the URL has no `/regions/{region}` prefix. */
  region: string | null
  surface: Surface
}

/** Identifies one deployment among all regions. */
export function targetKey({ deployment, region }: Pick<Target, 'deployment' | 'region'>): string {
  return region === null ? deployment : `${region}/${deployment}`
}

/** Every name under which a target can be addressed by faults, latencies, limits and counts; narrowest first. */
export function targetNames(target: Target): string[] {
  const names = [target.deployment]
  if (target.region !== null) {
    names.unshift(targetKey(target))
    names.push(`region:${target.region}`)
  }
  names.push(`provider:${providerOf(target.surface)}`, '*')
  return names
}
