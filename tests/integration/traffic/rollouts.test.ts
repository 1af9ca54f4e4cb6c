import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolloutDetail, rolloutReceipt, rolloutsView } from '#lib/contracts/rollouts'
import { bucketOf } from '#lib/gateway/hash-unit'
import { guardrailMetrics } from '#lib/traffic/rollout-plan'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { quickPlan } from '#tests/support/rollout-plans'
import { startGateway, type TestGateway, testAdminKey, testApiKey } from '#tests/support/start-gateway'
import { POST as order } from '../../../app/api/admin/rollouts/[id]/orders/route'
import { GET as read } from '../../../app/api/admin/rollouts/[id]/route'
import { POST as fly } from '../../../app/api/admin/rollouts/pre-flight/route'
import { POST as create, GET as list } from '../../../app/api/admin/rollouts/route'

const body = { tier: 'premium', operation: 'reply', plan: quickPlan, start: true, reason: 'try Azure' }
const models = ['gpt-4-turbo-prod', 'gpt-4-turbo', 'gpt-4-standard-prod', 'gpt-4']

const kinds = [
  { kind: 'PGlite', open: async () => null, refusal: null },
  { kind: 'Postgres', open: openPostgres, refusal: postgresRefusal },
] as const

for (const { kind, open, refusal } of kinds) {
  describe.skipIf(refusal !== null)(`a rollout through the gateway (${kind})`, () => {
    let gateway: TestGateway
    let opened: Awaited<ReturnType<typeof open>>
    beforeAll(async () => {
      opened = await open()
      gateway = await startGateway({
        env: opened ? { DATABASE_URL: opened.databaseUrl, ...outsideDatabaseSecrets } : {},
      })
      for (const model of models)
        gateway.container.simulator?.setLatency(model, {
          firstTokenMs: 1,
          tokensPerSecond: 10_000,
          jitter: 0,
        })
    })
    afterAll(async () => {
      await gateway.close()
      await opened?.dispose()
    })

    const request = (method: string, sent?: unknown, key = testAdminKey) =>
      new Request(`${gateway.url}/api/admin/rollouts`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: sent === undefined ? undefined : JSON.stringify(sent),
      })
    const at = (id: string) => ({ params: Promise.resolve({ id }) })
    const detail = async (id: string) => {
      const response = await read(request('GET'), at(id))
      expect(response.status).toBe(200)
      return rolloutDetail.parse(await response.json())
    }
    const command = (id: string, version: number, command: string, more: object = {}) =>
      order(request('POST', { command, version, reason: 'as planned', ...more }), at(id))
    const look = async () => {
      await gateway.container.rollouts.job.look()
    }
    const ask = async (headers: Record<string, string>) => {
      const response = await gateway.post(
        '/api/v1/chat/completions',
        { model: 'premium', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] },
        { 'x-huntaze-operation': 'reply', ...headers },
      )
      await response.text()
      return { status: response.status, deployment: response.headers.get('x-huntaze-deployment') ?? '' }
    }
    const isCandidate = (deployment: string) => /^(we|ne)-/.test(deployment)
    const creators = Array.from({ length: 60 }, (_, index) => `creator-${index}`)
    const askAll = (header: string, units: readonly string[]) =>
      Promise.all(units.map((unit) => ask({ [header]: unit })))

    it('refuses what cannot be, with the field named', async () => {
      const [first, second, third] = quickPlan.steps
      const refused: [object, string][] = [
        [{ tier: 'luxury' }, 'tier'],
        [{ candidate: [['nobody']] }, 'candidate[0][0]'],
        [{ candidate: [] }, 'candidate'],
        [{ baseline: 'tier' }, 'candidate'],
        [{ plan: { ...quickPlan, steps: [second, first, third] } }, 'plan.steps[1].weightBps'],
        [{ plan: { ...quickPlan, steps: [{ ...first, weightBps: 10_001 }] } }, 'plan.steps[0].weightBps'],
        [{ plan: { ...quickPlan, guardrails: [] } }, 'plan.guardrails'],
      ]
      for (const [change, field] of refused) {
        const response = await create(request('POST', { ...body, ...change }))
        expect(response.status, field).toBe(400)
        const { errors } = await response.json()
        expect(errors.map(({ path }: { path: string }) => path)).toContain(field)
      }
      expect((await create(request('POST', body, testApiKey))).status).toBe(403)
      expect(rolloutsView.parse(await (await list(request('GET'))).json()).rollouts).toEqual([])
    })

    it('goes shadow → 10 % → 50 % → 100 % where nobody says otherwise', async () => {
      const response = await create(request('POST', { tier: 'economy', reason: 'as usual' }))
      expect(response.status).toBe(200)
      const rollout = await detail((await response.json()).id)
      expect(rollout.plan.steps.map(({ weightBps }) => weightBps)).toEqual([0, 1_000, 5_000, 10_000])
      expect(new Set(rollout.plan.guardrails.map(({ metric }) => metric))).toEqual(new Set(guardrailMetrics))
      expect(rollout).toMatchObject({ baseline: 'legacy', phase: 'pending', weightBps: 0 })
    })

    it('refuses a target that rejects what the traffic uses, and says what', async () => {
      const twice = await gateway.post(
        '/api/v1/chat/completions',
        { model: 'premium', n: 2, seed: 7, messages: [{ role: 'user', content: 'Hello' }] },
        { 'x-huntaze-operation': 'variants' },
      )
      expect(twice.status).toBe(200)
      await twice.text()
      await gateway.container.rollouts.sync.flush()
      const route = {
        tier: 'premium',
        operation: 'variants',
        baseline: 'tier',
        candidate: [['anthropic-claude-sonnet']],
      }
      const flight = await (await fly(request('POST', route))).json()
      expect(flight).toMatchObject({ passes: false, requests: 1 })
      expect(flight.findings[0]).toMatchObject({ feature: 'several_answers', outcome: 'blocks', uses: 1 })
      expect(flight.findings).toContainEqual(expect.objectContaining({ feature: 'seed', outcome: 'dropped' }))
      const response = await create(request('POST', { ...body, ...route }))
      expect(response.status).toBe(400)
      expect((await response.json()).detail).toContain('several answers')
      const other = await (await fly(request('POST', { ...route, operation: 'reply' }))).json()
      expect(other.passes).toBe(true)
    })

    it('goes from 10 % by approval to 50 %, keeps running conversations, and rolls itself back while paused', async () => {
      const made = await create(request('POST', body))
      expect(made.status, await made.clone().text()).toBe(200)
      const { id } = rolloutReceipt.parse(await made.json())
      const { salt } = await storedSalt(id)
      const place = (unit: string) => bucketOf(salt, unit)

      const first = await askAll('x-huntaze-creator-id', creators)
      for (const [index, { status, deployment }] of first.entries()) {
        expect(status).toBe(200)
        expect(isCandidate(deployment)).toBe(place(creators[index] ?? '') < 1_000)
      }
      const sessions = Array.from({ length: 400 }, (_, index) => `session-${index}`)
      const moving = sessions.filter((unit) => place(unit) >= 1_000 && place(unit) < 5_000).slice(0, 12)
      const early = sessions.filter((unit) => place(unit) < 1_000).slice(0, 4)
      await askAll('x-huntaze-session', [...moving, ...early])
      await look()
      expect(await detail(id)).toMatchObject({ phase: 'awaiting_approval', weightBps: 1_000 })

      const other = await create(request('POST', body))
      expect(other.status).toBe(409)
      expect((await other.json()).detail).toContain(id)
      const late = await command(id, 1, 'approve')
      expect(late.status).toBe(409)
      expect((await late.json()).detail).toMatch(
        /it was 1, it is 3 by now.*start.*because: try Azure.*the evaluator: await approval/s,
      )
      expect((await command(id, 3, 'resume')).status).toBe(409)
      expect((await command(id, 3, 'approve')).status).toBe(200)

      const kept = await askAll('x-huntaze-session', moving)
      expect(kept.filter(({ deployment }) => isCandidate(deployment))).toEqual([])
      const fresh = sessions.filter((unit) => place(unit) >= 1_000 && place(unit) < 5_000).slice(12, 24)
      const moved = await askAll('x-huntaze-session', fresh)
      expect(moved.filter(({ deployment }) => !isCandidate(deployment))).toEqual([])
      const again = await askAll('x-huntaze-creator-id', creators)
      for (const [index, { deployment }] of again.entries()) {
        expect(isCandidate(deployment)).toBe(place(creators[index] ?? '') < 5_000)
        if (isCandidate(first[index]?.deployment ?? '')) expect(isCandidate(deployment)).toBe(true)
      }

      expect((await command(id, 4, 'pause')).status).toBe(200)
      for (const model of ['gpt-4-turbo-prod', 'gpt-4-standard-prod'])
        gateway.container.simulator?.setFault({
          deployment: model,
          kind: 'server_error',
          expiresAtMs: Date.now() + 120_000,
        })
      for (let round = 0; round < 3; round += 1) {
        const answers = await askAll('x-huntaze-creator-id', creators)
        expect(answers.filter(({ status }) => status !== 200)).toEqual([])
        await look()
      }
      const after = await detail(id)
      expect(after).toMatchObject({ phase: 'rolled_back', weightBps: 0, actorId: null })
      expect(after.reason).toMatch(
        /^Errors: \d+\.\d\d % against 0\.00 %; evidence of harm \d+ % of what rolls back$/,
      )
      const [back, paused] = after.events
      expect(paused).toMatchObject({ command: 'pause', reason: 'as planned' })
      expect(back).toMatchObject({
        command: 'roll_back',
        fromPhase: 'paused',
        fromWeightBps: 5_000,
        toWeightBps: 0,
      })
      const errors = back?.verdict?.guardrails.find(({ metric }) => metric === 'error_rate')
      expect(errors?.lnEvidence).toBeGreaterThan(errors?.lnLimit ?? Number.POSITIVE_INFINITY)
      const curve = after.readings.map(({ guardrails }) => guardrails[0])
      expect(curve.some((point) => point && point.lnEvidence > point.lnLimit)).toBe(true)

      const last = await askAll('x-huntaze-creator-id', creators)
      expect(last.filter(({ deployment }) => isCandidate(deployment))).toEqual([])
      const audited = await gateway.container.db.pool.query(
        `SELECT action FROM audit_entries WHERE resource = $1 ORDER BY position`,
        [`rollout/${id}`],
      )
      expect(audited.rows.map(({ action }) => action)).toEqual([
        'rollout.create',
        'rollout.start',
        'rollout.await_approval',
        'rollout.approve',
        'rollout.pause',
        'rollout.roll_back',
      ])
      await gateway.container.alerts.job.look()
      const firing = await gateway.container.db.pool.query(
        `SELECT rule_id FROM alerts WHERE rule_id = 'rollout-rolled-back' AND state = 'firing'`,
      )
      expect(firing.rows).toHaveLength(1)
      const { rows: units } = await gateway.container.db.pool.query('SELECT 1 FROM rollout_units')
      expect(units).toEqual([])
    }, 120_000)

    it('keeps its traffic at the baseline until it is retired, which ends the alert', async () => {
      const { rollouts } = rolloutsView.parse(await (await list(request('GET'))).json())
      const [over] = rollouts
      expect(over).toMatchObject({ phase: 'rolled_back' })
      if (!over) return
      expect((await command(over.id, over.version, 'retire')).status).toBe(200)
      expect(gateway.container.gateway.traffic().shares).toEqual([])
      await gateway.container.alerts.job.look()
      const firing = await gateway.container.db.pool.query(
        `SELECT 1 FROM alerts WHERE rule_id = 'rollout-rolled-back' AND state = 'firing'`,
      )
      expect(firing.rows).toEqual([])
    })

    async function storedSalt(id: string): Promise<{ salt: string }> {
      const { rows } = await gateway.container.db.pool.query('SELECT salt FROM rollouts WHERE id = $1', [id])
      return rows[0]
    }
  })
}
