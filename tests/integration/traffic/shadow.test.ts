import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { consoleAccount } from '#lib/access/console-account'
import { rolloutDetail } from '#lib/contracts/rollouts'
import { isMirrored } from '#lib/traffic/shadow-plan'
import { noProviderLimits } from '#server/gateway/providers/provider'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { outsideDatabaseSecrets } from '#tests/support/outside-database-secrets'
import { quickPlan } from '#tests/support/rollout-plans'
import { type ShadowWorld, saying, scriptedDistance, startShadowWorld } from '#tests/support/shadow-worlds'
import { testAdminKey } from '#tests/support/start-gateway'
import { finishEvent, roleEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import { POST as erase } from '../../../app/api/admin/audit/erasures/route'
import { POST as order } from '../../../app/api/admin/rollouts/[id]/orders/route'
import { GET as exportPairs } from '../../../app/api/admin/rollouts/[id]/pairs.csv/route'
import { GET as readRollout } from '../../../app/api/admin/rollouts/[id]/route'

/** All that a provider can say of room. */
const freeLimits = { ...noProviderLimits, remainingRequests: 100, limitRequests: 100 }

const kinds = [
  { kind: 'PGlite', open: async () => null, refusal: null },
  { kind: 'Postgres', open: openPostgres, refusal: postgresRefusal },
] as const

for (const { kind, open, refusal } of kinds) {
  describe.skipIf(refusal !== null)(`a shadow step (${kind})`, () => {
    let world: ShadowWorld
    let opened: Awaited<ReturnType<typeof open>>
    let id = ''
    beforeAll(async () => {
      opened = await open()
      world = await startShadowWorld(
        opened ? { DATABASE_URL: opened.databaseUrl, ...outsideDatabaseSecrets } : {},
      )
    })
    afterAll(async () => {
      await world.close()
      await opened?.dispose()
    })
    beforeEach(() => {
      world.answers(world.baseline, saying('Hello there'))
      world.answers(world.candidate, saying('Hi, you'))
    })

    const rows = async (text: string, values: unknown[] = []) =>
      (await world.gateway.container.db.pool.query(text, values)).rows
    const request = (body: unknown) =>
      new Request('http://localhost/', {
        method: 'POST',
        headers: { authorization: `Bearer ${testAdminKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const at = (rollout: string) => ({ params: Promise.resolve({ id: rollout }) })
    const command = async (name: string) => {
      const send = async () => {
        const { version } = await detail()
        return order(request({ command: name, version, reason: 'as planned' }), at(id))
      }
      let response = await send()
      // The evaluator may have moved it in between.
      while (response.status === 409) response = await send()
      expect(response.status, await response.clone().text()).toBe(200)
    }
    const detail = async () => {
      const sent = new Request('http://localhost/', { headers: { authorization: `Bearer ${testAdminKey}` } })
      return rolloutDetail.parse(await (await readRollout(sent, at(id))).json())
    }
    const startAnew = async (...plan: Parameters<ShadowWorld['start']>) => {
      if (id !== '') {
        await command('abort')
        await command('retire')
      }
      id = await world.start(...plan)
    }

    it('mirrors what the baseline answered, and the caller meets nothing of it', async () => {
      await startAnew()
      const response = await world.ask({}, { 'x-huntaze-operation': 'reply', 'x-correlation-id': 'corr-1' })
      expect(response.headers.get('x-huntaze-deployment')).toBe('a')
      const body = await response.json()
      expect(body.choices[0].message.content).toBe('Hello there')
      await world.mirrored()
      expect(world.chats(world.candidate)).toBe(1)

      const ledger = await rows(
        `SELECT account_id, operation, deployment_id, tier, cost_pico_usd::text AS cost, prompt_text, plan_reasons
         FROM ledger_entries WHERE correlation_id = 'corr-1' ORDER BY account_id, deployment_id`,
      )
      const [own, mirror, embedding] = ledger
      expect(ledger).toHaveLength(3)
      expect(mirror).toMatchObject({
        account_id: consoleAccount,
        operation: 'shadow',
        deployment_id: 'b',
        tier: '',
      })
      expect(embedding).toMatchObject({
        account_id: consoleAccount,
        operation: 'shadow',
        deployment_id: 'embed',
      })
      expect(own).toMatchObject({ operation: 'reply', deployment_id: 'a', tier: 'premium' })
      const usage = await (await world.gateway.get('/api/v1/usage')).json()
      expect(usage).toMatchObject({ requests: 1, costUsd: Number(own.cost) / 1e12 })

      const shadow = await world.shadowOf(id)
      expect(BigInt(shadow.spentPicoUsd)).toBe(BigInt(mirror.cost) + BigInt(embedding.cost))
      expect(shadow).toMatchObject({
        reservedPicoUsd: '0',
        capReachedAt: null,
        pairs: 1,
        unbroken: 1,
        dropped: [],
      })
      const { rows: pairs } = await world.pairsOf(id)
      expect(pairs).toMatchObject([
        {
          requestId: response.headers.get('x-request-id'),
          operation: 'reply',
          baselineDeployment: 'a',
          candidateDeployment: 'b',
          differences: [],
          baselinePicoUsd: own.cost,
          candidatePicoUsd: mirror.cost,
          comparisonPicoUsd: embedding.cost,
          baselineText: null,
        },
      ])
      expect(pairs[0]?.distance).toBeCloseTo(scriptedDistance)
      const metrics = await (await fetch(`${world.gateway.url}/metrics`)).text()
      expect(metrics).toMatch(/^huntaze_shadow_mirrors_total\{[^}]*huntaze_outcome="mirrored"[^}]*\} 1$/m)
      await world.gateway.container.rollouts.job.look()
      expect(await detail()).toMatchObject({ phase: 'running', requests: { baseline: 1, candidate: 1 } })
    })

    it('compares streams, tool calls among them, and says which difference breaks', async () => {
      const stream = (events: readonly object[]) => [
        { kind: 'head' as const },
        ...[...events, usageEvent].map((event) => ({
          kind: 'chunk' as const,
          data: `data: ${JSON.stringify(event)}\n\n`,
        })),
        { kind: 'chunk' as const, data: 'data: [DONE]\n\n' },
      ]
      const call = (part: object) => {
        const event = structuredClone(textEvent('')) as { choices: [{ delta: object }] }
        event.choices[0].delta = { tool_calls: [{ index: 0, ...part }] }
        return event
      }
      const calls = (name: string) => [
        roleEvent,
        call({ id: 'call_1', type: 'function', function: { name, arguments: '{"fan":' } }),
        call({ function: { arguments: '"fan_1"}' } }),
        finishEvent('tool_calls'),
      ]
      world.answers(world.baseline, stream(calls('send_message')))
      world.answers(world.candidate, stream(calls('block_fan')))
      const whole = await (await world.ask({ stream: true })).text()
      expect(whole).toContain('send_message')
      expect(whole).not.toContain('block_fan')
      await world.mirrored()
      const held = await (await world.ask({ stream: true }, { 'x-huntaze-stream': 'complete' })).text()
      expect(held).toContain('send_message')
      await world.mirrored()
      const { rows: pairs } = await world.pairsOf(id, '?difference=tool_calls')
      expect(pairs).toMatchObject([
        { differences: ['tool_calls'], breaking: true },
        { differences: ['tool_calls'], breaking: true },
      ])
      const shadow = await world.shadowOf(id)
      expect(shadow).toMatchObject({ pairs: 3, unbroken: 1, differences: [{ name: 'tool_calls', pairs: 2 }] })
      await world.gateway.container.rollouts.job.look()
      const { verdict } = await detail()
      expect(verdict?.gates.find(({ name }) => name === 'parity')).toMatchObject({
        status: 'waiting',
        value: 1 / 3,
        limit: 0.95,
      })
      const page = await world.pairsOf(id, '?limit=2')
      const next = await world.pairsOf(id, `?limit=2&cursor=${page.nextCursor}`)
      expect(new Set([...page.rows, ...next.rows].map(({ id: pair }) => pair)).size).toBe(3)
      const csv = await exportPairs(
        new Request('http://localhost/?difference=tool_calls', {
          headers: { authorization: `Bearer ${testAdminKey}` },
        }),
        at(id),
      )
      const lines = (await csv.text()).trim().split('\r\n')
      expect(lines).toHaveLength(3)
      expect(lines[0]).toContain('candidate_cost_usd')
    })

    it('stops at its cap, says so and waits for a person, and goes on with another cap', async () => {
      // Room for one whole answer of 100 tokens and its embeddings, not for two.
      await startAnew({ capPicoUsd: '3500000000' })
      const calls = world.chats(world.candidate)
      for (let round = 0; round < 4; round += 1) {
        expect((await world.ask()).status).toBe(200)
        await world.mirrored()
      }
      const shadow = await world.shadowOf(id)
      expect(world.chats(world.candidate) - calls).toBe(shadow.pairs)
      expect(shadow.capReachedAt).not.toBeNull()
      expect(BigInt(shadow.spentPicoUsd)).toBeLessThanOrEqual(3_500_000_000n)
      expect(BigInt(shadow.spentPicoUsd)).toBeGreaterThan(0n)
      await world.gateway.container.rollouts.job.look()
      const held = await detail()
      expect(held).toMatchObject({ phase: 'held', actorId: null })
      expect(held.reason).toContain('mirroring has stopped at its cost cap')

      expect((await world.raiseCap(id, '1')).status).toBe(400)
      expect((await world.raiseCap(id, '50000000000')).status).toBe(200)
      await world.ask()
      await world.mirrored()
      expect(await world.shadowOf(id)).toMatchObject({ pairs: shadow.pairs + 1, capReachedAt: null })
      await world.gateway.container.rollouts.job.look()
      expect((await detail()).phase).toBeOneOf(['running', 'awaiting_approval'])
      const audited = await rows(`SELECT 1 FROM audit_entries WHERE action = 'rollout.change_cap'`)
      expect(audited).toHaveLength(1)
    })

    it('mirrors a share of the requests alone, none of the console, none while it is paused', async () => {
      await startAnew({ sampleBps: 3_000, embeddings: false })
      const ids: string[] = []
      for (let round = 0; round < 40; round += 1)
        ids.push((await world.ask()).headers.get('x-request-id') ?? '')
      await world.mirrored()
      const [{ salt }] = await rows('SELECT salt FROM rollouts WHERE id = $1', [id])
      const wanted = ids.filter((requestId) => isMirrored({ salt, requestId, sampleBps: 3_000 }))
      const pairs = (await world.pairsOf(id, '?limit=200')).rows
      expect(pairs.map(({ requestId }) => requestId).toSorted()).toEqual(wanted.toSorted())
      expect(new Set(pairs.map(({ distance }) => distance))).toEqual(new Set([null]))
      expect(new Set(pairs.map(({ comparisonPicoUsd }) => comparisonPicoUsd))).toEqual(new Set(['0']))

      await startAnew()
      await command('pause')
      const calls = world.chats(world.candidate)
      await world.ask()
      await command('resume')
      const named = await world.ask({ model: 'a' })
      expect(named.status).toBe(200)
      await world.mirrored()
      expect(world.chats(world.candidate) - calls).toBe(0)
    })

    it('leaves a candidate without head-room to real traffic', async () => {
      await startAnew()
      const [busy] = saying('Hi, you')
      if (busy?.kind !== 'json') return
      const limits = { 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-limit-requests': '100' }
      world.answers(world.candidate, [{ ...busy, headers: limits }])
      await world.ask()
      await world.mirrored()
      expect((await world.shadowOf(id)).pairs).toBe(1)
      await world.ask()
      await world.mirrored()
      await world.gateway.container.rollouts.sync.flush()
      expect(await world.shadowOf(id)).toMatchObject({
        pairs: 1,
        dropped: [{ why: 'no_room', requests: 1 }],
      })
    })

    it('keeps beginnings of answers only where texts are kept, redacted, and erases them with their person', async () => {
      const who = { actorId: 'usr_test', atMs: Date.now() }
      await world.gateway.container.settings.update({ storePrompts: true }, who)
      world.gateway.container.gateway.gauges.sawLimits('b', freeLimits)
      await startAnew({ embeddings: false })
      world.answers(world.candidate, saying(`Write to me@example.com. ${'More and more words. '.repeat(20)}`))
      await world.ask({}, { 'x-huntaze-creator-id': 'creator_7' })
      await world.ask({}, { 'x-huntaze-creator-id': 'creator_8' })
      await world.mirrored()
      await world.gateway.container.settings.update({ storePrompts: false }, who)
      const { rows: pairs } = await world.pairsOf(id)
      expect(pairs).toHaveLength(2)
      for (const pair of pairs) {
        expect(pair).toMatchObject({ differences: ['length'], breaking: false, baselineText: 'Hello there' })
        expect(pair.candidateText).toMatch(/^Write to \[email\]\. More/)
      }
      const stored = await rows('SELECT creator FROM shadow_pairs WHERE rollout_id = $1', [id])
      expect(JSON.stringify(stored)).not.toContain('creator_7')
      const sent = request({ kind: 'creator', id: 'creator_7', reason: 'wants to be forgotten' })
      expect((await erase(sent, { params: Promise.resolve({}) })).status).toBe(200)
      expect((await world.pairsOf(id)).rows).toHaveLength(1)
    })

    it('has a judge score both answers blindly, for the quality guardrail and out of the cap', async () => {
      const quality = { metric: 'quality', limitRatio: 1.05, alphaWeight: 1 } as const
      await startAnew({ judgeTier: 'premium', embeddings: false }, { guardrails: [quality] })
      // The judge is asked at the tier's own deployment, and knows answers by their words.
      const firstOf = (body: string) => /\\"first\\":\\"(Hello|Hi)/.exec(body)?.[1]
      world.baseline.respond(({ body }) => {
        const first = firstOf(body)
        if (!first) return saying('Hello there')
        return saying(first === 'Hello' ? 'So: {"first": 9, "second": 4}' : '{"first": 4, "second": 9}')
      })
      const before = world.baseline.requests.length
      for (let round = 0; round < 12; round += 1) await world.ask()
      await world.mirrored()
      const { rows: pairs } = await world.pairsOf(id)
      expect(pairs).toHaveLength(12)
      for (const { judged } of pairs) expect(judged).toEqual({ baseline: 0.9, candidate: 0.4 })
      const firsts = world.baseline.requests.slice(before).map(({ body }) => firstOf(body))
      expect(new Set(firsts)).toEqual(new Set([undefined, 'Hello', 'Hi']))
      const [spent] = await rows(
        `SELECT sum(cost_pico_usd)::text AS cost FROM ledger_entries WHERE operation = 'shadow' AND correlation_id = ANY($1)`,
        [pairs.map(({ requestId }) => requestId)],
      )
      expect((await world.shadowOf(id)).spentPicoUsd).toBe(spent.cost)
      await world.gateway.container.rollouts.job.look()
      const after = await detail()
      const reading = (after.verdict ?? after.events[0]?.verdict)?.guardrails[0]
      expect(reading?.baseline).toBeCloseTo(0.9)
      expect(reading?.candidate).toBeCloseTo(0.4)
    })

    it('sends nothing out of a required region', async () => {
      await startAnew({ judgeTier: 'premium' })
      const calls = world.baseline.requests.length
      const where = { 'x-huntaze-region': 'region-a', 'x-huntaze-region-mode': 'require' }
      expect((await world.ask({}, where)).status).toBe(200)
      await world.mirrored()
      await world.gateway.container.rollouts.sync.flush()
      expect(world.baseline.requests.length - calls).toBe(1)
      expect(await world.shadowOf(id)).toMatchObject({ pairs: 0, dropped: [{ why: 'no_room', requests: 1 }] })
    })

    it('counts what cannot be compared, and asks nobody for it: speech has no words, so it would count as alike', async () => {
      await startAnew()
      const audio = { id: 'audio_1', data: 'UklGRg==', transcript: 'Hello there', expires_at: 2_000_000_000 }
      world.answers(world.baseline, saying('', { content: null, audio }))
      const before = world.chats(world.candidate)
      const response = await world.ask()
      expect((await response.json()).choices[0].message.audio).toEqual(audio)
      await world.mirrored()
      await world.gateway.container.rollouts.sync.flush()
      expect(world.chats(world.candidate)).toBe(before)
      expect(await world.shadowOf(id)).toMatchObject({
        pairs: 0,
        spentPicoUsd: '0',
        dropped: [{ why: 'unreadable', requests: 1 }],
      })
    })

    it('asks a silent candidate, and answers its callers meanwhile', async () => {
      await startAnew()
      world.answers(world.candidate, [{ kind: 'never' }])
      const calls = world.chats(world.candidate)
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => world.ask().then((one) => one.json())),
      )
      for (const answer of answers) expect(answer.choices[0].message.content).toBe('Hello there')
      await expect.poll(() => world.chats(world.candidate) - calls, { timeout: 10_000 }).toBe(5)
      expect(world.gateway.container.rollouts.mirrors.load()).toEqual({ running: 5, waiting: 0 })
      expect((await world.ask()).status).toBe(200)
      expect((await world.shadowOf(id)).pairs).toBe(0)
      // Their sockets go, as those of a deployment that dies.
      await world.candidate.close()
      await world.mirrored()
      const { rows: pairs } = await world.pairsOf(id)
      expect(new Set(pairs.map(({ differences }) => differences.join()))).toEqual(new Set(['no_answer']))
      await world.gateway.container.rollouts.job.look()
      const after = await detail()
      expect(after).toMatchObject({ phase: 'rolled_back', actorId: null })
      // A look of its own may have been enough, before the last of them had ended.
      expect(after.requests.candidate).toBeGreaterThanOrEqual(quickPlan.minimumEvidenceRequests)
      expect(after.requests.candidate).toBeLessThanOrEqual(pairs.length)
      expect(after.reason).toMatch(/^Errors: 100\.00 % against 0\.00 %/)
    })
  })
}
