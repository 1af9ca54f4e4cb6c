import type { DeploymentView } from '#lib/contracts/deployments'

export interface FaultTarget {
  /** Value of the fault's `deployment`. */
  value: string
  label: string
}

export interface FaultTargetGroup {
  group: string
  items: FaultTarget[]
}

const providerWords = { 'azure-openai': 'azure', openai: 'openai', anthropic: 'anthropic' } as const
const providerNames = { 'azure-openai': 'Azure OpenAI', openai: 'OpenAI', anthropic: 'Anthropic' } as const

/** Everything a fault can be put on, narrowest first; only what is simulated can misbehave on purpose. */
export function faultTargetGroups(deployments: readonly DeploymentView[]): FaultTargetGroup[] {
  const simulated = deployments.filter((deployment) => deployment.simulated)
  const azure = simulated.filter(({ provider }) => provider === 'azure-openai')
  const regions = [...new Set(azure.map(({ region }) => region))]
  const shared = [...new Set(azure.map(({ deployment }) => deployment))].filter(
    (name) => azure.filter(({ deployment }) => deployment === name).length > 1,
  )
  const providers = [...new Set(simulated.map(({ provider }) => provider))]
  const groups = [
    {
      group: 'One deployment',
      items: simulated.map((one) => ({ value: faultTargetOf(one), label: one.id })),
    },
    {
      group: 'One name in every region',
      items: shared.map((name) => ({ value: name, label: `${name} in every region` })),
    },
    {
      group: 'A region',
      items: regions.map((name) => ({ value: `region:${name}`, label: `all of ${name}` })),
    },
    {
      group: 'A provider',
      items: providers.map((name) => ({
        value: `provider:${providerWords[name]}`,
        label: `everything at ${providerNames[name]}`,
      })),
    },
    { group: 'Everything', items: simulated.length > 0 ? [{ value: '*', label: 'everything' }] : [] },
  ]
  return groups.filter(({ items }) => items.length > 0)
}

/** The target that names this deployment and no other. Regions exist on Azure only. */
export function faultTargetOf({ provider, region, deployment }: DeploymentView): string {
  return provider === 'azure-openai' ? `${region}/${deployment}` : deployment
}

/** A target as a person names it: `we-premium`, `all of westeurope`; what the catalog does not know stays as it is. */
export function faultTargetWords(target: string, deployments: readonly DeploymentView[]): string {
  const known = faultTargetGroups(deployments).flatMap(({ items }) => items)
  return known.find(({ value }) => value === target)?.label ?? target
}

/** Whether requests to a deployment can meet a fault on `target`. */
export function isTargeted(target: string, deployment: DeploymentView): boolean {
  const { provider, region, simulated } = deployment
  if (!simulated) return false
  if (target === '*' || target === faultTargetOf(deployment) || target === deployment.deployment) return true
  if (target === `provider:${providerWords[provider]}`) return true
  return provider === 'azure-openai' && target === `region:${region}`
}
