import { afterAll, beforeAll, expect, it } from 'vitest'
import { rolloutBody } from '#lib/contracts/rollouts'
import { type ExperimentPlanInput, experimentPlan } from '#lib/experiments/experiment-plan'
import { createExperiment } from '#server/experiments/create-experiment'
import { moveExperiment } from '#server/experiments/move-experiment'
import { readExperiment } from '#server/experiments/read-experiments'
import { createRollout } from '#server/traffic/create-rollout'
import { callAdmin } from '#tests/support/call-admin'
import { quickPlan } from '#tests/support/rollout-plans'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const actor = { id: 'usr_1', name: 'Ann', email: null, role: 'operator', via: 'session' } as const
const reason = 'it won'
const order = { actor, requestId: 'req_test' }
let upstreams: ScriptedUpstream[]
let gateway: TestGateway

beforeAll(async () => {
  upstreams = [await startScriptedUpstream(), await startScriptedUpstream()]
  for (const upstream of upstreams) upstream.respond([{ kind: 'json', body: answerBody }])
  gateway = await startGateway({ catalog: chainCatalog(upstreams.map(({ url }) => url)) })
})
afterAll(async () => {
  await gateway.close()
  for (const upstream of upstreams) await upstream.close()
})

const overrides = {
  systemPrompt: { mode: 'append', text: 'Be brief.' },
  parameters: { temperature: 0.3, maxOutputTokens: 9, presencePenalty: 0.5 },
} as const

async function conclude(
  variant: NonNullable<ExperimentPlanInput['variants'][number]['overrides']>,
  decision: string | null = 'fresh',
): Promise<string> {
  const plan = experimentPlan.parse({
    name: 'brief replies',
    primaryMetric: 'feedback',
    target: { tier: 'premium', operation: 'reply' },
    variants: [
      { name: 'control', weightBps: 5_000 },
      { name: 'fresh', weightBps: 5_000, overrides: variant },
    ],
  })
  const { id } = await createExperiment(gateway.container, { ...order, body: { plan, start: true, reason } })
  const { version } = await readExperiment(gateway.container, id)
  const body = { version, reason, variant: decision }
  await moveExperiment(gateway.container, { ...order, id, command: 'conclude', body })
  return id
}

async function askPromotion(id: string) {
  const path = '/api/admin/experiments/{id}/promote'
  const response = await callAdmin({
    url: gateway.url,
    method: 'POST',
    path,
    params: { id },
    body: { reason },
  })
  return { status: response.status, body: await response.json() }
}

const bring = (experimentId: string, candidate: readonly string[]) =>
  createRollout(gateway.container, {
    ...order,
    body: rolloutBody.parse({
      ...{ tier: 'premium', operation: 'reply', baseline: 'tier', experimentId },
      candidate: candidate.map((one) => [one]),
      plan: { ...quickPlan, steps: [{ ...quickPlan.steps[2], weightBps: 10_000, needsApproval: false }] },
      ...{ start: true, reason },
    }),
  })

it('a winner that is a prompt and parameters becomes a version, and a rollout asks everybody so', async () => {
  const id = await conclude(overrides)
  await expect(bring(id, ['b', 'a'])).rejects.toMatchObject({ details: { param: 'experimentId' } })
  const promoted = await askPromotion(id)
  expect(promoted.status).toBe(200)
  const { candidate } = promoted.body as { candidate: string[] }
  expect(candidate).toHaveLength(2)
  expect(await askPromotion(id)).toEqual(promoted)
  await bring(id, candidate)
  expect((await readExperiment(gateway.container, id)).rolloutId).toMatch(/^rol_/)
  const response = await gateway.post('/api/v1/chat/completions', {
    model: 'premium',
    max_tokens: 50,
    temperature: 1,
    messages: [
      { role: 'system', content: 'You are Mia.' },
      { role: 'user', content: 'Hi' },
    ],
    metadata: { creatorId: 'creator', operation: 'reply' },
  })
  expect(response.status, await response.text()).toBe(200)
  expect(response.headers.get('x-huntaze-deployment')).toBe(candidate[0])
  const sent = JSON.parse(upstreams[0]?.requests.at(-1)?.body ?? '{}')
  expect(sent).toMatchObject({
    ...{ max_tokens: 9, temperature: 0.3, presence_penalty: 0.5 },
    messages: [
      { role: 'system', content: 'You are Mia.' },
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
  })
  const { rows } = await gateway.container.db.pool.query(
    `SELECT reason FROM audit_entries WHERE action = 'experiment.promote' AND resource = $1`,
    [`experiment/${id}`],
  )
  expect(rows).toEqual([{ reason }])
})

it('a winner with deployments of its own is those, with its prompt before them', async () => {
  const own = await conclude({ chain: [['b']] })
  expect(await askPromotion(own)).toEqual({ status: 200, body: { candidate: ['b'] } })
  const both = await conclude({ chain: [['b']], ...overrides })
  const { candidate } = (await askPromotion(both)).body as { candidate: string[] }
  expect(candidate).toHaveLength(1)
  const made = gateway.container.catalog.current().deployments.get(candidate[0] ?? '')
  expect(made).toMatchObject({ region: 'region-b', preset: { system: 'Be brief.', systemMode: 'append' } })
})

it('is refused where nothing was decided', async () => {
  const nobody = await conclude(overrides, null)
  expect((await askPromotion(nobody)).status).toBe(409)
  expect((await askPromotion('exp_unknown')).status).toBe(404)
})
