import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { alertChannelsView, channelTest, savedChannel } from '#lib/contracts/alert-channels'
import {
  alertReport,
  alertRulesView,
  alertRuleView,
  alertSilencesView,
  alertSilenceView,
  alertsPage,
  alertsSummary,
  rulePreview,
} from '#lib/contracts/alerts'
import { startGateway, type TestGateway, testAdminKey, testApiKey } from '#tests/support/start-gateway'
import { startWebhookReceiver, type WebhookReceiver } from '#tests/support/webhook-receiver'

let gateway: TestGateway
let hooks: WebhookReceiver
beforeAll(async () => {
  gateway = await startGateway()
  hooks = await startWebhookReceiver()
})
afterAll(async () => {
  await gateway.close()
  await hooks.close()
})

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

/** Calls the route in the folder under app/api/admin; `id` fills its `[id]`. */
async function call(
  method: string,
  folder: string,
  given: { id?: string; body?: unknown; query?: string; key?: string } = {},
) {
  const file = new URL(`../../../app/api/admin/${folder}/route.ts`, import.meta.url)
  const module: Record<string, Handler> = await import(/* @vite-ignore */ file.pathname)
  const handler = module[method]
  if (!handler) throw new Error(`${folder} takes no ${method}`)
  const path = folder.replace('[id]', given.id ?? '')
  const request = new Request(`${gateway.url}/api/admin/${path}${given.query ?? ''}`, {
    method,
    headers: { authorization: `Bearer ${given.key ?? testAdminKey}`, 'content-type': 'application/json' },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  })
  return handler(request, { params: Promise.resolve({ id: given.id ?? '' }) })
}

async function answer<T>(schema: z.ZodType<T>, response: Promise<Response>): Promise<T> {
  const got = await response
  expect(got.status).toBe(200)
  return schema.parse(await got.json())
}

const reason = 'a test of alerts'
const isolate = (deploymentId: string) =>
  gateway.container.gateway.breakers.isolate({
    deploymentId,
    untilMs: null,
    reason: 'by hand',
    actorId: 'usr_1',
  })

describe('the alert routes', () => {
  it('carry an alert from an isolated deployment to a receiver, to its history and its export', async () => {
    const config = { kind: 'webhook', url: hooks.url }
    const body = { name: 'On call', severity: 'info', config, reason }
    const { channel, secret } = await answer(savedChannel, call('POST', 'alert-channels', { body }))
    expect(secret).toMatch(/^whsec_/)
    const { delivery } = await answer(
      channelTest,
      call('POST', 'alert-channels/[id]/test', { id: channel.id }),
    )
    expect(delivery).toMatchObject({ state: 'sent', type: 'alert.test' })

    await isolate('we-premium')
    await gateway.container.alerts.job.look()
    await gateway.container.alerts.job.send()
    const page = await answer(alertsPage, call('GET', 'alerts'))
    const own = page.alerts.filter(({ ruleId }) => ruleId === 'breaker-isolated')
    expect(own.map(({ labels }) => labels.deployment)).toContain('we-premium')
    const [{ id } = { id: '' }] = own
    expect((await answer(alertsSummary, call('GET', 'alerts/summary'))).firing).toBeGreaterThan(0)
    const types = hooks.received.map(({ body }) => JSON.parse(body).type)
    expect(types.slice(0, 2)).toEqual(['alert.test', 'alert.firing'])

    const acknowledged = await answer(
      alertReport,
      call('POST', 'alerts/[id]/acknowledge', { id, body: { reason } }),
    )
    expect(acknowledged.alert.state).toBe('acknowledged')
    const report = await answer(alertReport, call('GET', 'alerts/[id]', { id }))
    expect(report.deliveries.map(({ state }) => state)).toEqual(['sent'])
    const again = await call('POST', 'alerts/[id]/acknowledge', { id, body: { reason } })
    expect(again.status).toBe(409)
    const csv = await (await call('GET', 'alerts.csv', { query: '?state=open' })).text()
    expect(csv).toContain(id)
    const channels = await answer(alertChannelsView, call('GET', 'alert-channels'))
    expect(channels.deliveries.length).toBeGreaterThanOrEqual(2)
    expect(JSON.stringify(channels)).not.toContain(secret)
  })

  it('change a channel: its name, its rules, its secret, and whether it is told at all', async () => {
    const config = { kind: 'webhook', url: hooks.url }
    const channel = { name: 'Some rules', severity: 'info', config, reason }
    const only = (rules: readonly string[]) => ({ ...channel, rules })
    const made = await answer(savedChannel, call('POST', 'alert-channels', { body: only(['cost-day']) }))
    const { id } = made.channel
    const put = (body: unknown) => call('PUT', 'alert-channels/[id]', { id, body })
    const toldOf = async (deployment: string) => {
      await isolate(deployment)
      await gateway.container.alerts.job.look()
      await gateway.container.alerts.job.send()
      const { deliveries } = await answer(alertChannelsView, call('GET', 'alert-channels'))
      return deliveries.filter(({ channelId, sentence }) => channelId === id && sentence.includes(deployment))
    }
    expect(await toldOf('we-economy')).toEqual([])
    const rotated = await answer(
      savedChannel,
      put({ ...only(['cost-day', 'breaker-isolated']), name: 'Renamed', rotateSecret: true }),
    )
    expect(rotated).toMatchObject({ channel: { name: 'Renamed', hasSecret: true } })
    expect(rotated.secret).toMatch(/^whsec_/)
    expect(rotated.secret).not.toBe(made.secret)
    expect(await toldOf('ne-premium')).toMatchObject([{ state: 'sent' }])
    const kept = await answer(savedChannel, put({ ...channel, enabled: false }))
    expect(kept).toMatchObject({ secret: null, channel: { hasSecret: true, enabled: false, rules: null } })
    expect(await toldOf('ne-standard')).toEqual([])

    const mail = { kind: 'email', host: 'localhost', port: 25, from: 'a@example.com', to: ['b@example.com'] }
    for (const [body, field] of [
      [only(['no-such-rule']), 'rules[0]'],
      [{ ...channel, secret: 'x'.repeat(30), rotateSecret: true }, 'rotateSecret'],
      [{ ...channel, config: mail }, 'config.kind'],
      [{ ...channel, config: mail, rotateSecret: true }, 'rotateSecret'],
    ] as const) {
      const refused = await put(body)
      expect([refused.status, (await refused.json()).errors?.[0]?.path]).toEqual([400, field])
    }
    const { rows } = await gateway.container.db.pool.query(
      `SELECT after FROM audit_entries WHERE resource = $1 AND action = 'alert_channel.update' ORDER BY position`,
      [`alert_channel/${id}`],
    )
    expect(rows.map(({ after }) => JSON.parse(after))).toMatchObject([
      { name: 'Renamed', secretChanged: true, rules: ['cost-day', 'breaker-isolated'] },
      { enabled: false, secretChanged: false, rules: null },
    ])
  })

  it('tell a receiver that a budget is used to 80 %, with the requests that used it, and take the acknowledgement', async () => {
    const config = { kind: 'webhook', url: hooks.url }
    await answer(savedChannel, call('POST', 'alert-channels', { body: { name: 'Budgets', config, reason } }))
    const ask = () =>
      gateway.post('/api/v1/chat/completions', {
        model: 'economy',
        messages: [{ role: 'user', content: 'Say hello.' }],
        max_tokens: 16,
      })
    const cost = Number((await ask()).headers.get('x-huntaze-cost-usd'))
    expect(cost).toBeGreaterThan(0)
    const budget = {
      accountId: 'acc_bootstrap',
      scope: 'account',
      scopeId: 'acc_bootstrap',
      window: 'day',
      limitUsd: (cost * 6).toFixed(9),
      kind: 'soft',
      reason,
    }
    expect((await call('POST', 'quotas/budgets', { body: budget })).status).toBeLessThan(300)
    const { job } = gateway.container.alerts
    const firing = async () => {
      await gateway.container.ledger.caughtUp()
      await job.look()
      const { alerts } = await answer(alertsPage, call('GET', 'alerts'))
      return alerts.find(({ ruleId }) => ruleId === 'budget-80')
    }
    expect(await firing()).toBeUndefined()
    for (let count = 0; count < 7 && !(await firing()); count += 1) await ask()
    const alert = await firing()
    expect(alert?.value).toBeGreaterThanOrEqual(0.8)
    expect(alert?.requestIds.length).toBeGreaterThan(0)
    await job.send()
    const told = hooks.received
      .map(({ body }) => JSON.parse(body))
      .find(({ data }) => data.alertId === alert?.id)
    expect(told).toMatchObject({
      type: 'alert.firing',
      data: { rule: 'budget-80', requestIds: alert?.requestIds },
    })
    const id = alert?.id ?? ''
    const taken = await answer(alertReport, call('POST', 'alerts/[id]/acknowledge', { id, body: { reason } }))
    expect(taken.alert.state).toBe('acknowledged')
  })

  it('take rules, previews and silences, and refuse what is wrong by its name', async () => {
    const { rules } = await answer(alertRulesView, call('GET', 'alert-rules'))
    const budget = rules.find(({ rule }) => rule.id === 'budget-80')?.rule
    const rule = { ...budget, id: 'budget-70', name: 'Budget used to 70 %' }
    const made = await answer(alertRuleView, call('POST', 'alert-rules', { body: { rule, reason } }))
    expect(made).toMatchObject({ builtIn: false })
    expect(
      (await answer(rulePreview, call('POST', 'alert-rules/preview', { body: { rule } }))).firings,
    ).toEqual([])
    const removed = await call('DELETE', 'alert-rules/[id]', { id: 'budget-70', body: { reason } })
    expect(removed.status).toBe(204)
    const body = { ruleId: 'budget-80', minutes: 30, reason }
    const silence = await answer(alertSilenceView, call('POST', 'alert-silences', { body }))
    expect((await answer(alertSilencesView, call('GET', 'alert-silences'))).silences).toHaveLength(1)
    expect((await call('POST', 'alert-silences/[id]/end', { id: silence.id, body: { reason } })).status).toBe(
      204,
    )

    const problems = await Promise.all(
      [
        call('POST', 'alert-rules', { body: { rule: { ...rule, severity: 'loud' }, reason } }),
        call('POST', 'alert-rules', { body: { rule } }),
        call('POST', 'alert-silences', { body: { ...body, minutes: 0 } }),
        call('POST', 'alert-channels', {
          body: { name: 'x', config: { kind: 'webhook', url: 'x' }, reason },
        }),
      ].map(async (response) => (await (await response).json()).errors[0].path),
    )
    expect(problems).toEqual(['rule.severity', 'reason', 'minutes', 'name'])
  })

  it('are closed to keys without the scope', async () => {
    const folders = [
      'alerts',
      'alerts/summary',
      'alert-rules',
      'alert-silences',
      'alert-channels',
      'alerts.csv',
    ]
    const answers = await Promise.all(folders.map((folder) => call('GET', folder, { key: testApiKey })))
    expect(answers.map(({ status }) => status)).toEqual(folders.map(() => 403))
  })
})
