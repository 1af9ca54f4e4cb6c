import type { DeploymentView } from '#lib/contracts/deployments'

export interface FaultTarget {
  /** Value of the fault's `deployment`. */
  value: string
  label: string
}

const providerWords = { 'azure-openai': 'azure', openai: 'openai', anthropic: 'anthropic' } as const

/** Where a fault can be put, narrowest first. Regions exist on Azure only. */
export function faultTargets({ provider, region, deployment }: DeploymentView): readonly FaultTarget[] {
  if (provider !== 'azure-openai') {
    return [
      { value: deployment, label: `${deployment} only` },
      { value: `provider:${providerWords[provider]}`, label: `everything at ${provider}` },
    ]
  }
  return [
    { value: `${region}/${deployment}`, label: 'this deployment only' },
    { value: deployment, label: `${deployment} in every region` },
    { value: `region:${region}`, label: `all of ${region}` },
  ]
}
