import { describe, expect, it, vi } from 'vitest'
import { versionHistory } from '#lib/contracts/models'
import { startModels } from '#tests/integration/models/start-models'
import { quickPlan } from '#tests/support/rollout-plans'
import { POST as stopExperiment } from '../../../app/api/admin/experiments/[id]/stop/route'
import { POST as createExperiment } from '../../../app/api/admin/experiments/route'
import { POST as deploy } from '../../../app/api/admin/models/[id]/deploy/route'
import { GET as history } from '../../../app/api/admin/models/[id]/history/route'
import { POST as place } from '../../../app/api/admin/models/[id]/place/route'
import { POST as stage } from '../../../app/api/admin/models/[id]/stage/route'
import { POST as remove } from '../../../app/api/admin/models/deployments/[id]/remove/route'
import { POST as rollBack } from '../../../app/api/admin/models/roll-back/route'
import { POST as register } from '../../../app/api/admin/models/route'
import { POST as moveRollout } from '../../../app/api/admin/rollouts/[id]/orders/route'
import { POST as createRollout } from '../../../app/api/admin/rollouts/route'

const under = startModels()
const reason = 'trying it'
const longest = { timeout: 60_000, interval: 50 }

async function ask(model: string, count = 1): Promise<string | null> {
  let served: string | null = null
  for (let index = 0; index < count; index += 1) {
    const answer = await under.gateway.post('/api/v1/chat/completions', {
      model,
      messages: [{ role: 'user', content: `Hi ${index}` }],
      max_tokens: 5,
    })
    await answer.text()
    served = answer.headers.get('x-huntaze-deployment')
  }
  return served
}

async function prompt(name: string): Promise<string> {
  const base = await under.version('gpt-35-turbo')
  const body = { kind: 'prompt', name, baseVersionId: base.id, prompt: 'Be warm.', temperature: 0.4, reason }
  const { id }: { id: string } = await (await under.call(register, { body })).json()
  await under.call(deploy, { id, body: { region: 'westeurope', reason } })
  return id
}

describe('the registry', { timeout: 240_000 }, () => {
  it('finds the versions of the catalog, with their stage, place and retirement', async () => {
    expect(await under.version('gpt-4-turbo')).toMatchObject({
      kind: 'base',
      number: 1,
      places: expect.arrayContaining([]),
      lifecycle: { stage: 'retired' },
    })
    expect((await under.version('gpt-35-turbo')).stage).toBe('production')
    expect(await under.version('text-embedding-ada-002')).toMatchObject({ stage: 'production' })
    expect((await under.version('claude-sonnet-5')).stage).toBe('candidate')
  })

  it('deploys a base through the resource manager, and takes it away', async () => {
    const body = { kind: 'base', provider: 'azure-openai', model: 'gpt-4.1-mini', reason }
    const { id }: { id: string } = await (await under.call(register, { body })).json()
    expect((await under.call(register, { body })).status).toBe(409)
    expect((await under.call(deploy, { id, body: { region: 'westeurope', units: 5, reason } })).status).toBe(
      200,
    )
    await vi.waitFor(async () => {
      expect((await under.version('gpt-4.1-mini')).deployments).toMatchObject([
        { id: 'gpt-4-1-mini-v1-westeurope' },
      ])
    }, longest)
    expect(await ask('gpt-4-1-mini-v1-westeurope')).toBe('gpt-4-1-mini-v1-westeurope')
    expect((await under.call(deploy, { id, body: { region: 'westeurope', reason } })).status).toBe(409)
    const removed = await under.call(remove, { id: 'gpt-4-1-mini-v1-westeurope', body: { reason } })
    expect(removed.status).toBe(204)
    await vi.waitFor(async () => expect((await under.models()).deployments).toEqual([]), longest)
    expect(await ask('gpt-4-1-mini-v1-westeurope')).toBeNull()
  })

  it('says why a deployment failed, and lets it be tried again', async () => {
    await under.script('arm', { failNextOperations: 1 })
    const { id } = await under.version('gpt-4.1-mini')
    await under.call(deploy, { id, body: { region: 'northeurope', reason } })
    await vi.waitFor(async () => {
      const [failed] = (await under.models()).deployments
      expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining('DeploymentFailed') })
    }, longest)
    await under.call(deploy, { id, body: { region: 'northeurope', reason } })
    await vi.waitFor(async () => {
      expect((await under.models()).deployments).toMatchObject([{ state: 'ready', error: null }])
    }, longest)
  })

  it('leaves standing what an experiment or a rollout asks, and says which', async () => {
    const id = await prompt('tried')
    const deploymentId =
      (await under.models()).deployments.find(({ versionId }) => versionId === id)?.id ?? ''
    const takeAway = async () => {
      const response = await under.call(remove, { id: deploymentId, body: { reason } })
      return { status: response.status, text: await response.text() }
    }
    const made = async (handler: typeof createExperiment, body: object): Promise<string> => {
      const { id: one, ...rest } = await (await under.call(handler, { body })).json()
      if (typeof one !== 'string') throw new Error(JSON.stringify(rest))
      return one
    }
    const variants = [
      { name: 'control', weightBps: 5_000 },
      { name: 'tried', weightBps: 5_000, overrides: { chain: [[deploymentId]] } },
    ]
    const plan = { name: 'tried it', target: { tier: 'standard' }, variants, primaryMetric: 'latency' }
    const experiment = await made(createExperiment, { plan, start: true, reason })
    expect(await takeAway()).toMatchObject({ status: 409, text: expect.stringContaining(experiment) })
    await under.call(stopExperiment, { id: experiment, body: { version: 1, reason } })

    const route = { tier: 'standard', operation: 'tried', baseline: 'tier', candidate: [[deploymentId]] }
    const rollout = await made(createRollout, { ...route, plan: quickPlan, start: true, reason })
    expect(await takeAway()).toMatchObject({ status: 409, text: expect.stringContaining(rollout) })
    expect(await ask(deploymentId)).toBe(deploymentId)
    await under.call(moveRollout, { id: rollout, body: { command: 'abort', version: 2, reason } })
    expect(await takeAway()).toMatchObject({ status: 204 })
  })

  it('puts a version before a tier, keeps what served as its baseline, and takes it back', async () => {
    const id = await prompt('warm')
    const { deployments } = (await under.models()).versions.find((one) => one.id === id) ?? {
      deployments: [],
    }
    const deploymentId = deployments[0]?.id ?? ''
    const before = await ask('economy')
    const placed = await under.call(place, { id, body: { tier: 'economy', deploymentId, reason } })
    expect(placed.status).toBe(200)
    expect(await ask('economy')).toBe(deploymentId)
    const { versions, placements, tiers } = await under.models()
    expect(placements[0]).toMatchObject({ tier: 'economy', state: 'watching', versionId: id })
    expect(tiers.find(({ name }) => name === 'economy')).toEqual({ name: 'economy', head: deploymentId })
    expect(versions.find((one) => one.id === id)).toMatchObject({ stage: 'production', places: ['economy'] })
    expect((await under.version('gpt-35-turbo')).stage).toBe('staging')
    expect((await under.call(place, { id, body: { tier: 'economy', deploymentId, reason } })).status).toBe(
      409,
    )
    expect((await under.call(remove, { id: deploymentId, body: { reason } })).status).toBe(409)
    expect((await under.call(stage, { id, body: { stage: 'archived', reason } })).status).toBe(409)
    expect(await (await under.call(rollBack, { body: { tier: 'economy', reason } })).json()).toEqual({
      to: null,
    })
    expect(await ask('economy')).toBe(before)
    expect((await under.call(rollBack, { body: { tier: 'economy', reason } })).status).toBe(409)
    expect(await under.version('gpt-35-turbo')).toMatchObject({ stage: 'production', places: ['economy'] })
    expect((await under.models()).versions.find((one) => one.id === id)?.stage).toBe('staging')
  })

  it('keeps a version in production that heads a tier of the catalog, wherever else it is replaced', async () => {
    const { id, deployments } = await under.version('gpt-35-turbo')
    const body = { tier: 'premium', deploymentId: deployments[0]?.id, reason }
    expect((await under.call(place, { id, body })).status).toBe(200)
    expect((await under.version('gpt-4-turbo')).stage).toBe('staging')
    await under.call(rollBack, { body: { tier: 'premium', reason } })
    expect((await under.version('gpt-35-turbo')).stage).toBe('production')
    expect((await under.version('gpt-4-turbo')).stage).toBe('production')
  })

  it('rolls a version back by itself to the last stable one when it fails', async () => {
    const [good, bad] = [await prompt('good'), await prompt('bad')]
    const idOf = async (id: string) =>
      (await under.models()).versions.find((one) => one.id === id)?.deployments[0]?.id ?? ''
    const [goodId, badId] = [await idOf(good), await idOf(bad)]
    await under.call(place, { id: good, body: { tier: 'standard', deploymentId: goodId, reason } })
    const { db, models } = under.gateway.container
    await db.pool.query(`UPDATE model_placements SET watch_until = started_at WHERE version_id = $1`, [good])
    await models.work.guard.run()
    expect((await under.models()).placements[0]).toMatchObject({ versionId: good, state: 'stable' })
    await under.call(place, { id: bad, body: { tier: 'standard', deploymentId: badId, reason } })
    await db.pool.query(
      `UPDATE model_placements SET started_at = started_at - interval '2 minutes' WHERE version_id = $1`,
      [bad],
    )
    await db.pool.query(
      `INSERT INTO attempts (account_id, started_at, request_id, sequence, deployment_id, provider, region, model,
         outcome, offset_ms, duration_ms, input_tokens, output_tokens)
       SELECT 'acc', now(), 'req_' || n, 1, $1, 'azure-openai', 'westeurope', 'm', 'error', 0, 1, 0, 0
       FROM generate_series(1, 200) AS n`,
      [badId],
    )
    await models.work.guard.run()
    const { placements } = await under.models()
    expect(placements.find(({ versionId }) => versionId === bad)).toMatchObject({
      state: 'rolled_back',
      byItself: true,
      readings: [{ metric: 'errors', status: 'broken' }, {}, {}],
    })
    expect(placements[0]).toMatchObject({ versionId: good, state: 'stable', actorId: null })
    expect(await ask('standard')).toBe(goodId)
    const { rows } = await db.pool.query(
      `SELECT actor, reason FROM audit_entries WHERE action = 'model.roll_back' AND actor IS NULL`,
    )
    expect(rows).toMatchObject([{ reason: expect.stringContaining('Errors') }])
  })

  it('shows what a version did by day, from the ledger', async () => {
    await ask('premium', 3)
    await under.gateway.container.ledger.caughtUp()
    const { id } = await under.version('gpt-4-turbo')
    const { days } = versionHistory.parse(await (await under.call(history, { id, query: '?days=2' })).json())
    expect(days.at(-1)).toMatchObject({ requests: 3, errorRatio: 0 })
    expect((await under.version('gpt-4-turbo')).figures).toMatchObject({ requests: 3, errorRatio: 0 })
  })

  it.each([
    [{ kind: 'prompt', name: 'x', baseVersionId: 'mdl_none', prompt: 'p' }, 'baseVersionId'],
    [{ kind: 'prompt', name: 'x', baseVersionId: 'mdl_none', prompt: '' }, 'prompt'],
    [{ kind: 'base', provider: 'nobody', model: 'm' }, 'provider'],
  ])('refuses to register %j', async (body, field) => {
    const refused = await under.call(register, { body: { ...body, reason } })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(await refused.json())).toContain(field)
  })
})
