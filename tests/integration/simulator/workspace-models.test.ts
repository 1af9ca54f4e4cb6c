import { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning'
import { describe, expect, it } from 'vitest'
import { launchSimulator } from '#tests/integration/simulator/running-simulator'
import { simulatedCredential } from '#tests/support/arm-client'

const running = launchSimulator()
const place = ['ai-prod', 'ml-prod'] as const

function open() {
  const endpoint = running.base(true)
  return new AzureMachineLearningWorkspaces(simulatedCredential(endpoint), 'subscription', {
    endpoint,
    retryOptions: { maxRetries: 0 },
  })
}

describe('models of an Azure ML workspace, with the official client', () => {
  it('are registered with their versions, listed, and changed', async () => {
    const { modelContainers, modelVersions } = open()
    await expect(
      modelVersions.createOrUpdate(...place, 'mia', '1', { properties: {} }),
    ).rejects.toMatchObject({ statusCode: 404 })
    await modelContainers.createOrUpdate(...place, 'mia', { properties: { description: 'Mia’s voice' } })
    for (const stage of ['candidate', 'production'])
      await modelVersions.createOrUpdate(...place, 'mia', '1', {
        properties: { tags: { stage }, properties: { job: 'ftj_1' }, isArchived: false },
      })
    expect(await modelVersions.get(...place, 'mia', '1')).toMatchObject({
      name: '1',
      properties: { tags: { stage: 'production' }, properties: { job: 'ftj_1' } },
    })
    const versions: unknown[] = []
    for await (const version of modelVersions.list(...place, 'mia')) versions.push(version.name)
    const models: unknown[] = []
    for await (const model of modelContainers.list(...place)) models.push(model.name)
    expect([models, versions]).toEqual([['mia'], ['1']])
    await expect(modelVersions.get(...place, 'mia', '2')).rejects.toMatchObject({ statusCode: 404 })
  })
})
