import { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning'
import { describe, expect, it } from 'vitest'
import { simulatedAccess } from '#server/models/resource-managers'
import { syncWorkspace } from '#server/models/workspace-sync'
import { startModels } from '#tests/integration/models/start-models'
import { POST as place } from '../../../app/api/admin/models/[id]/place/route'
import { POST as stage } from '../../../app/api/admin/models/[id]/stage/route'
import { POST as rollBack } from '../../../app/api/admin/models/roll-back/route'

const subscription = '00000000-0000-4000-8000-00000000000c'
const spot = ['ai-prod', 'ml-prod'] as const
const under = startModels({
  env: {
    AZURE_ML_SUBSCRIPTION_ID: subscription,
    AZURE_ML_RESOURCE_GROUP: 'ai-prod',
    AZURE_ML_WORKSPACE: 'ml-prod',
    AZURE_ML_ENDPOINT: 'simulator',
  },
})
const reason = 'as planned'

/** The workspace as its own client sees it. */
async function workspaceClient(): Promise<AzureMachineLearningWorkspaces> {
  const { simulator } = under.gateway.container
  if (!simulator) throw new Error('no simulator')
  const { credential, subscriptionId, options } = await simulatedAccess(simulator, 'westeurope')
  return new AzureMachineLearningWorkspaces(credential, subscriptionId, options)
}

async function sync(): Promise<void> {
  const { parts, workspace } = under.gateway.container.models
  if (workspace === null) throw new Error('no workspace')
  await syncWorkspace(parts, workspace)
}

const nameOf = (model: string) => `azure-openai-${model}`

describe('an Azure ML workspace', { timeout: 120_000 }, () => {
  it('has every version with its stage and where it came from, also when nobody looked at the page', async () => {
    await sync()
    const client = await workspaceClient()
    const { properties } = await client.modelVersions.get(...spot, nameOf('gpt-35-turbo'), '1')
    expect(properties).toMatchObject({
      isArchived: false,
      tags: { stage: 'production', kind: 'base' },
      properties: { provider: 'azure-openai', model: 'gpt-35-turbo' },
    })
    const version = await under.version('gpt-35-turbo')
    expect(version.workspace).toEqual({ syncedAt: expect.any(String), error: null })
  })

  it('hears of each change of a stage, and archives what is archived there, with an audit entry', async () => {
    const { id } = await under.version('gpt-4-turbo')
    const before = (await under.version('gpt-4-turbo')).stage
    expect(before).toBe('production')
    const economy = (await under.version('gpt-35-turbo')).deployments[0]?.id ?? ''
    const { id: cheap } = await under.version('gpt-35-turbo')
    const body = { tier: 'premium', deploymentId: economy, reason }
    expect((await under.call(place, { id: cheap, body })).status).toBe(200)
    expect((await under.version('gpt-4-turbo')).stage).toBe('staging')
    await sync()
    const client = await workspaceClient()
    const there = () => client.modelVersions.get(...spot, nameOf('gpt-4-turbo'), '1')
    expect((await there()).properties.tags).toMatchObject({ stage: 'staging' })

    const { properties } = await there()
    await client.modelVersions.createOrUpdate(...spot, nameOf('gpt-4-turbo'), '1', {
      properties: { ...properties, isArchived: true },
    })
    await sync()
    expect(await under.version('gpt-4-turbo')).toMatchObject({ stage: 'archived' })
    const { rows } = await under.gateway.container.db.pool.query(
      `SELECT action FROM audit_entries WHERE resource = $1 AND action = 'model.change_stage'`,
      [`model/${id}`],
    )
    expect(rows).toHaveLength(1)
    await under.call(stage, { id, body: { stage: 'candidate', reason } })
    await sync()
    expect((await there()).properties).toMatchObject({ isArchived: false, tags: { stage: 'candidate' } })
    await under.call(rollBack, { body: { tier: 'premium', reason } })
  })

  it('takes nothing out of service by archiving it there', async () => {
    const client = await workspaceClient()
    const name = nameOf('gpt-35-turbo')
    const { properties } = await client.modelVersions.get(...spot, name, '1')
    await client.modelVersions.createOrUpdate(...spot, name, '1', {
      properties: { ...properties, isArchived: true },
    })
    const { stage: before } = await under.version('gpt-35-turbo')
    await sync()
    expect(before).toBe('production')
    expect((await under.version('gpt-35-turbo')).stage).toBe('production')
  })

  it('that lost a model has it again after the next rounds; until then the version says so', async () => {
    const client = await workspaceClient()
    const name = nameOf('text-embedding-ada-002')
    await client.modelContainers.delete(...spot, name)
    await sync()
    expect((await under.version('text-embedding-ada-002')).workspace?.error).toContain('ResourceNotFound')
    await sync()
    expect((await under.version('text-embedding-ada-002')).workspace?.error).toBeNull()
    expect(await client.modelVersions.get(...spot, name, '1')).toMatchObject({ name: '1' })
  })
})
