import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { afterCutoverView } from '#lib/contracts/migration'
import { rolloutDetail, rolloutReceipt } from '#lib/contracts/rollouts'
import { callAdmin } from '#tests/support/call-admin'
import { quickPlan } from '#tests/support/rollout-plans'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  for (const model of ['gpt-4-turbo-prod', 'gpt-4-turbo', 'gpt-4-standard-prod', 'gpt-4'])
    gateway.container.simulator?.setLatency(model, { firstTokenMs: 1, tokensPerSecond: 10_000, jitter: 0 })
})
afterAll(() => gateway.close())

async function call(method: string, path: string, { body, id }: { body?: object; id?: string } = {}) {
  const params = id === undefined ? {} : { params: { id } }
  const answer = await callAdmin({ url: gateway.url, method, path, ...params, ...(body ? { body } : {}) })
  const text = await answer.text()
  expect(answer.status, text).toBeLessThan(300)
  return text
}

/** Answers of one creator each; the thumbs say what they were worth. */
async function ask(count: number, thumb: 'up' | 'down'): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const answer = await gateway.post(
      '/api/v1/chat/completions',
      { model: 'premium', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] },
      { 'x-huntaze-operation': 'reply', 'x-huntaze-creator': `creator-${thumb}-${n}` },
    )
    expect(answer.status, await answer.text()).toBe(200)
    if (n < 3)
      await gateway.post('/api/v1/feedback', { requestId: answer.headers.get('x-request-id'), thumb })
  }
}

const report = async () =>
  afterCutoverView.parse(JSON.parse(await call('GET', '/api/admin/migration/after'))).routes

describe('the report after a cutover', () => {
  it('is empty before any route has left its old provider', async () => {
    expect(await report()).toEqual([])
    const csv = await call('GET', '/api/admin/migration/after.csv')
    expect(csv).toBe('rollout_id,tier,operation,metric,unit,before,at_full,since,change\r\n')
  })

  it('holds a route that left it against the baseline that was frozen then, with what users thought', async () => {
    const [first, , last] = quickPlan.steps
    if (!first || !last) throw new Error('the plan has steps')
    const gate = { minimumRequests: 1, minimumMs: 0 }
    const steps = [
      { ...first, weightBps: 1, gate: { minimumRequests: 1_000_000, minimumMs: 0 } },
      { ...last, needsApproval: false, gate },
    ]
    const body = { tier: 'premium', operation: 'reply', plan: { ...quickPlan, steps } }
    const made = await call('POST', '/api/admin/rollouts', {
      body: { ...body, start: true, reason: 'leave the old provider' },
    })
    const { id } = rolloutReceipt.parse(JSON.parse(made))
    const look = async () => {
      await gateway.container.rollouts.sync.flush()
      await gateway.container.rollouts.job.look()
      return rolloutDetail.parse(JSON.parse(await call('GET', '/api/admin/rollouts/{id}', { id }))).phase
    }
    await ask(6, 'down')
    expect(await look()).toBe('running')
    // What the first step would need by chance in its share of one unit in ten thousand.
    const { pool } = gateway.container.db
    await pool.query(
      `UPDATE rollouts SET step = 1, version = version + 1, visit = version + 1, step_since = now() WHERE id = $1`,
      [id],
    )
    await pool.query(`UPDATE configuration_version SET version = version + 1`)
    await gateway.container.configuration.check()
    await ask(8, 'up')
    await expect.poll(look, { timeout: 30_000 }).toBe('completed')
    const [route, ...others] = await report()
    expect(others).toEqual([])
    expect(route).toMatchObject({
      ...{ rolloutId: id, tier: 'premium', operation: 'reply', phase: 'completed' },
      requests: { before: 6 },
      feedback: { before: { ratings: 3, mean: 0 }, after: { ratings: 3, mean: 1 } },
    })
    const cost = route?.rows.find(({ metric }) => metric === 'cost')
    expect(cost?.before).toBeGreaterThan(0)
    expect(cost?.atFull).toBeGreaterThan(0)
    expect(route?.rows.find(({ metric }) => metric === 'error_rate')).toMatchObject({ before: 0, atFull: 0 })
    const csv = await call('GET', '/api/admin/migration/after.csv')
    expect(csv).toContain(`${id},premium,reply,feedback,score,0,1,,\r\n`)
    expect(csv.trim().split('\r\n')).toHaveLength(12)
    const file = await call('GET', '/api/admin/migration/after.json')
    expect(afterCutoverView.parse(JSON.parse(file)).routes).toHaveLength(1)
  })
})
