import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { experimentDetail } from '#lib/contracts/experiments'
import { type ExperimentPlanInput, experimentPlan } from '#lib/experiments/experiment-plan'
import { createExperiment } from '#server/experiments/create-experiment'
import { lookAtExperiments } from '#server/experiments/look-at-experiments'
import { moveExperiment } from '#server/experiments/move-experiment'
import { readExperiment, readExperiments } from '#server/experiments/read-experiments'
import type { Clock } from '#server/telemetry/clock'
import { systemClock } from '#server/telemetry/clock'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import { answerBody } from '#tests/upstreams/chat-events'
import { type ScriptedUpstream, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

const actor = { id: 'usr_1', name: 'Ann', email: null, role: 'operator', via: 'session' } as const
let upstreams: ScriptedUpstream[]
let gateway: TestGateway
let aheadMs = 0
/** The system's clock, which the test may move on. */
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs }

beforeAll(async () => {
  upstreams = [await startScriptedUpstream(), await startScriptedUpstream()]
  for (const upstream of upstreams) upstream.respond([{ kind: 'json', body: answerBody }])
  gateway = await startGateway({ catalog: chainCatalog(upstreams.map(({ url }) => url)), clock })
})
afterAll(async () => {
  await gateway.close()
  for (const upstream of upstreams) await upstream.close()
})

function planOf(input: Partial<ExperimentPlanInput> = {}) {
  return experimentPlan.parse({
    name: 'b instead of a',
    primaryMetric: 'feedback',
    minimumUnits: 30,
    target: { operation: 'reply' },
    variants: [
      { name: 'control', weightBps: 5_000 },
      {
        name: 'fresh',
        weightBps: 5_000,
        overrides: { chain: [['b']], systemPrompt: { mode: 'append', text: 'Be brief.' } },
      },
    ],
    guardrails: [{ metric: 'error_rate', limitRatio: 1.25 }],
    ...input,
  })
}

const create = (input: Partial<ExperimentPlanInput> = {}, start = true) =>
  createExperiment(gateway.container, {
    actor,
    body: { plan: planOf(input), start, reason: 'worth a try' },
    requestId: 'req_test',
  })

async function move(
  id: string,
  command: 'start' | 'stop' | 'conclude' | 'discard',
  variant: string | null = null,
) {
  const { version } = await readExperiment(gateway.container, id)
  const body = { version, reason: 'because', ...(command === 'conclude' ? { variant } : {}) }
  await moveExperiment(gateway.container, { id, command, actor, body, requestId: 'req_test' })
}

async function ask(creatorId: string, operation = 'reply') {
  const response = await gateway.post('/api/v1/chat/completions', {
    model: 'premium',
    messages: [{ role: 'user', content: 'Hi' }],
    metadata: { creatorId, operation },
  })
  await response.text()
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? '',
    deployment: response.headers.get('x-huntaze-deployment'),
  }
}

const detail = async (id: string) => experimentDetail.parse(await readExperiment(gateway.container, id))

describe('an experiment', () => {
  it('applies each creator’s variant to route and body, counts it once, and ends with what it said', async () => {
    const { id } = await create()
    const served = new Map<string, Set<string | null>>()
    for (let index = 0; index < 80; index += 1) {
      const creatorId = `creator_${index % 40}`
      const { deployment, requestId } = await ask(creatorId)
      served.set(creatorId, (served.get(creatorId) ?? new Set()).add(deployment))
      if (index < 40) {
        const score = deployment === 'b' ? 1 : 0
        expect((await gateway.post('/api/v1/feedback', { requestId, score })).status).toBe(200)
      }
    }
    expect([...served.values()].every((deployments) => deployments.size === 1)).toBe(true)
    expect(new Set([...served.values()].flatMap((one) => [...one]))).toEqual(new Set(['a', 'b']))
    const prompts = upstreams[1]?.requests.map(({ body }) => JSON.stringify(body)) ?? []
    expect(prompts.length).toBeGreaterThan(0)
    expect(prompts.every((text) => text.includes('Be brief.'))).toBe(true)
    expect(upstreams[0]?.requests.some(({ body }) => JSON.stringify(body).includes('Be brief.'))).toBe(false)
    const now = await detail(id)
    expect(now.exposures).toBe(40)
    const counted = now.reading?.treatments[0]?.others.find(({ metric }) => metric === 'error_rate')
    expect((counted?.control.count ?? 0) + (counted?.variant.count ?? 0)).toBe(80)
    expect(now.reading?.treatments[0]?.primary.difference).toBe(1)
    const { rows } = await gateway.container.db.pool.query('SELECT * FROM experiment_units')
    expect(JSON.stringify(rows)).not.toContain('creator_')
    await move(id, 'stop')
    expect((await ask('creator_0')).deployment).toBe('a')
    const ended = await detail(id)
    expect(ended).toMatchObject({ phase: 'stopped', reading: now.reading })
    await move(id, 'conclude', 'fresh')
    expect(await detail(id)).toMatchObject({ phase: 'concluded', decision: 'fresh' })
    const audit = await gateway.container.db.pool.query(
      `SELECT action FROM audit_entries WHERE resource = $1 ORDER BY at`,
      [`experiment/${id}`],
    )
    expect(audit.rows.map(({ action }) => action)).toEqual([
      'experiment.start',
      'experiment.stop',
      'experiment.conclude',
    ])
  })

  it('stops a variant that fails by itself, and serves its creators from then on as before', async () => {
    const { id } = await create({ name: 'b is broken' })
    upstreams[1]?.respond([{ kind: 'json', status: 400, body: { error: { message: 'no', code: 'no' } } }])
    const creators = Array.from({ length: 120 }, (_, index) => `fan_of_${index}`)
    for (const creatorId of creators) await ask(creatorId)
    aheadMs += 60_000
    expect(await lookAtExperiments(gateway.container)).toBe(1)
    const stopped = await detail(id)
    expect(stopped).toMatchObject({ phase: 'stopped', stopped: { fresh: expect.stringContaining('Errors') } })
    expect(stopped.events[0]).toMatchObject({ kind: 'variant_stopped', variant: 'fresh', actorId: null })
    expect(stopped.reading?.sentence).toContain('fresh is stopped')
    const after = await Promise.all(creators.slice(0, 20).map((creatorId) => ask(creatorId)))
    expect(after.map(({ deployment }) => deployment)).toEqual(Array(20).fill('a'))
    upstreams[1]?.respond([{ kind: 'json', body: answerBody }])
  })

  it('is refused beside one that overlaps, and changed by whoever saw it last alone', async () => {
    const { id } = await create({ exclusive: { group: 'models', from: 0, to: 6_000 } })
    await expect(create({ exclusive: { group: 'models', from: 5_000, to: 10_000 } })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { param: 'plan.exclusive' },
    })
    const draft = await create({ exclusive: { group: 'models', from: 6_000, to: 10_000 } }, false)
    const { version } = await readExperiment(gateway.container, draft.id)
    const body = { version, reason: 'go' }
    const order = { id: draft.id, command: 'start', actor, body, requestId: 'req_test' } as const
    await moveExperiment(gateway.container, order)
    await expect(moveExperiment(gateway.container, { ...order, command: 'stop' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(
      (await readExperiments(gateway.container)).experiments.map(({ phase }) => phase).slice(0, 2),
    ).toEqual(['running', 'running'])
    for (const one of [id, draft.id]) await move(one, 'stop')
  })

  it('takes requests into one experiment of a group at most', async () => {
    const one = await create({ exclusive: { group: 'g', from: 0, to: 5_000 } })
    const two = await create({ exclusive: { group: 'g', from: 5_000, to: 10_000 } })
    for (let index = 0; index < 40; index += 1) await ask(`either_${index}`)
    const [first, second] = [await detail(one.id), await detail(two.id)]
    expect(first.exposures + second.exposures).toBe(40)
    expect(Math.min(first.exposures, second.exposures)).toBeGreaterThan(0)
    for (const id of [one.id, two.id]) await move(id, 'stop')
  })
})
