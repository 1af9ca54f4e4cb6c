import { describe, expect, it } from 'vitest'
import { freshNumbers, writeFault } from '#components/deployments/fault-numbers'
import {
  faultTargetGroups,
  faultTargetOf,
  faultTargetWords,
  isTargeted,
} from '#components/deployments/fault-targets'
import { simulatorFaultSchema } from '#lib/contracts/simulator'
import { targetNames } from '#server/simulator/target-names'
import { deploymentOf } from '#tests/support/deployment-views'

const west = deploymentOf('we-premium', { deployment: 'gpt' })
const north = deploymentOf('ne-premium', { deployment: 'gpt', region: 'northeurope' })
const legacy = deploymentOf('openai-gpt', { provider: 'openai', region: 'openai', deployment: 'gpt-4' })
const real = deploymentOf('real', { simulated: false })
const all = [west, north, legacy, real]

describe('where a fault can be put', () => {
  it('offers one, a name, a region, a provider and everything, but nothing that is real', () => {
    const values = faultTargetGroups(all).flatMap(({ items }) => items.map(({ value }) => value))
    expect(values).toEqual([
      'westeurope/gpt',
      'northeurope/gpt',
      'gpt-4',
      'gpt',
      'region:westeurope',
      'region:northeurope',
      'provider:azure',
      'provider:openai',
      '*',
    ])
    expect(faultTargetGroups([real])).toEqual([])
  })

  it('knows whom a target hits as the simulator does', () => {
    const surfaces = { 'azure-openai': 'azure_v1', openai: 'openai', anthropic: 'anthropic' } as const
    const targets = faultTargetGroups(all).flatMap(({ items }) => items.map(({ value }) => value))
    for (const deployment of [west, north, legacy]) {
      const { provider, region } = deployment
      const names = targetNames({
        deployment: deployment.deployment,
        region: provider === 'azure-openai' ? region : null,
        surface: surfaces[provider],
      })
      for (const target of targets) {
        expect(isTargeted(target, deployment), `${target} on ${deployment.id}`).toBe(names.includes(target))
      }
    }
  })

  it('is named as a person would', () => {
    expect(faultTargetWords(faultTargetOf(west), all)).toBe('we-premium')
    expect(faultTargetWords('region:westeurope', all)).toBe('all of westeurope')
    expect(faultTargetWords('something/else', all)).toBe('something/else')
  })
})

describe('the fault that the form writes', () => {
  it('has an end and only the fields of its kind', () => {
    const numbers = { ...freshNumbers, percent: 50, fields: { delayMs: 900, status: 502 } }
    const fault = writeFault({ target: 'region:westeurope', kind: 'server_error', numbers, nowMs: 1_000 })
    expect(fault).toEqual({
      deployment: 'region:westeurope',
      kind: 'server_error',
      probability: 0.5,
      status: 502,
      expiresAtMs: 301_000,
    })
    expect(simulatorFaultSchema.safeParse(fault).success).toBe(true)
  })
})
