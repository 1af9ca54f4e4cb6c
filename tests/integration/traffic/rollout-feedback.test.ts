import { afterAll, beforeAll, expect, it } from 'vitest'
import { experimentDetail } from '#lib/contracts/experiments'
import { rolloutDetail } from '#lib/contracts/rollouts'
import { callAdmin } from '#tests/support/call-admin'
import { quickPlan } from '#tests/support/rollout-plans'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const reason = 'a test of what people think'
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

const admin = (path: string, body?: object, params: Record<string, string> = {}) =>
  callAdmin({ url: gateway.url, method: body ? 'POST' : 'GET', path: `/api/admin/${path}`, body, params })
const made = async (path: string, body: object): Promise<{ id: string; version: number }> => {
  const response = await admin(path, body)
  expect(response.ok, await response.clone().text()).toBe(true)
  return response.json()
}
const rolloutOf = async (id: string) =>
  rolloutDetail.parse(await (await admin('rollouts/{id}', undefined, { id })).json())
const ask = async (operation: string, creatorId: string) => {
  const response = await gateway.post('/api/v1/chat/completions', {
    model: 'premium',
    messages: [{ role: 'user', content: 'Hi' }],
    metadata: { creatorId, operation },
  })
  expect(response.status, await response.clone().text()).toBe(200)
  return {
    requestId: response.headers.get('x-request-id') ?? '',
    deployment: response.headers.get('x-huntaze-deployment') ?? '',
  }
}
const rate = async (requestId: string, score: number) =>
  expect((await gateway.post('/api/v1/feedback', { requestId, score })).status).toBe(200)

const body = (operation: string) => ({
  tier: 'premium',
  operation,
  baseline: [['a']],
  candidate: [['b']],
  start: true,
  reason,
  plan: {
    ...quickPlan,
    steps: [{ ...quickPlan.steps[0], weightBps: 5_000 }, quickPlan.steps[2]].map((step) => ({
      ...step,
      gate: { minimumRequests: 100_000, minimumMs: 0 },
    })),
    guardrails: [{ metric: 'quality', limitRatio: 1.05, alphaWeight: 1 }],
  },
})

/** Rounds of answers of both sides with what people thought of them, each looked at. */
async function play(
  operation: string,
  { rounds, scores }: { rounds: number; scores: Readonly<Record<string, number>> },
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < 8; index += 1) {
      const { requestId, deployment } = await ask(operation, `creator_${round}_${index}`)
      await rate(requestId, scores[deployment] ?? 0)
    }
    await gateway.container.rollouts.sync.flush()
    await gateway.container.rollouts.job.look()
  }
}

it('a candidate that people like less is rolled back by what they say, and one that they like is not', async () => {
  const { id: liked } = await made('rollouts', body('liked'))
  await play('liked', { rounds: 12, scores: { a: 0.8, b: 0.8 } })
  const going = await rolloutOf(liked)
  expect(going).toMatchObject({ phase: 'running' })
  const { id: disliked } = await made('rollouts', body('disliked'))
  await play('disliked', { rounds: 14, scores: { a: 0.9, b: 0.1 } })
  const back = await rolloutOf(disliked)
  expect(back).toMatchObject({ phase: 'rolled_back', actorId: null })
  expect(back.reason).toMatch(/^Quality/)
}, 240_000)

it('a rater’s first word counts, once, at the side that answered', async () => {
  const { id } = await made('rollouts', body('counted'))
  const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ask('counted', `fan_${index}`)))
  for (const { requestId } of answers) {
    await rate(requestId, 1)
    await rate(requestId, 0)
  }
  const { rows } = await gateway.container.db.pool.query(
    `SELECT visit, weight_bps, counts FROM rollout_counts WHERE rollout_id = $1 AND instance_id = 'feedback'`,
    [id],
  )
  const of = (deployment: string) => answers.filter((one) => one.deployment === deployment).length
  expect(of('a') * of('b')).toBeGreaterThan(0)
  expect(rows).toMatchObject([
    {
      visit: 2,
      weight_bps: 5_000,
      counts: {
        baseline: { requests: 0, scores: of('a'), scoreSum: of('a') },
        candidate: { requests: 0, scores: of('b'), scoreSum: of('b') },
      },
    },
  ])
  // An answer of the other side says nothing of this one.
  upstreams[1]?.respond([{ kind: 'json', status: 500, body: { error: { message: 'down' } } }])
  const ofCandidate = answers.findIndex(({ deployment }) => deployment === 'b')
  const saved = await ask('counted', `fan_${ofCandidate}`)
  expect(saved.deployment).toBe('a')
  await rate(saved.requestId, 1)
  const after = await gateway.container.db.pool.query(
    `SELECT counts FROM rollout_counts WHERE rollout_id = $1 AND instance_id = 'feedback'`,
    [id],
  )
  expect(after.rows[0].counts).toEqual(rows[0].counts)
  upstreams[1]?.respond([{ kind: 'json', body: answerBody }])
}, 60_000)

it('an experiment’s winner is brought to everybody by a rollout, which the experiment names', async () => {
  const plan = {
    name: 'b instead of a',
    target: { tier: 'premium', operation: 'won' },
    primaryMetric: 'feedback',
    variants: [
      { name: 'control', weightBps: 5_000 },
      { name: 'fresh', weightBps: 5_000, overrides: { chain: [['b']] } },
    ],
  }
  const { id } = await made('experiments', { plan, start: true, reason })
  const read = async () =>
    experimentDetail.parse(await (await admin('experiments/{id}', undefined, { id })).json())
  const link = { ...body('won'), baseline: 'tier', experimentId: id }
  const refused = await admin('rollouts', link)
  expect([refused.status, (await refused.json()).errors]).toMatchObject([400, [{ path: 'experimentId' }]])
  const { version } = await read()
  expect((await admin('experiments/{id}/conclude', { version, variant: 'fresh', reason }, { id })).ok).toBe(
    true,
  )
  const other = await admin('rollouts', { ...link, candidate: [['a']] })
  expect(other.status).toBe(400)
  expect((await read()).rolloutId).toBeNull()
  const rollout = await made('rollouts', link)
  expect((await read()).rolloutId).toBe(rollout.id)
  const seen = new Set<string>()
  for (let index = 0; index < 12; index += 1) seen.add((await ask('won', `creator_${index}`)).deployment)
  expect([...seen].sort()).toEqual(['a', 'b'])
}, 60_000)
