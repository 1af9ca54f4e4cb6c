import { type APIRequestContext, expect } from '@playwright/test'
import { alertMessage } from '#lib/alerts/alert-message'
import { makeChannel, removeChannel } from '#tests/e2e/alerts/alert-channel'
import { type SharedConsole, test } from '#tests/e2e/test'
import { startWebhookReceiver, type WebhookReceiver } from '#tests/support/webhook-receiver'

let hooks: WebhookReceiver
test.beforeEach(async () => {
  hooks = await startWebhookReceiver()
})
test.afterEach(() => hooks.close())

/** The budget holds so many requests; what is kept back for one that runs is less than the last fifth. */
const room = 10

test('traffic uses a hard budget: at 80 % a receiver is told and the page shows it, at the end callers get 429', async ({
  page,
  request,
  shared,
}) => {
  test.setTimeout(240_000)
  const accountId = `acc-budget-${Date.now()}`
  const chat = await callerOf({ request, shared, accountId })
  const channel = `Budgets ${accountId}`
  await makeChannel(page, { name: channel, url: hooks.url })
  const costUsd = Number((await chat()).headers()['x-huntaze-cost-usd'])
  const budgetId = await setBudget({ request, shared, accountId, limitUsd: (costUsd * room).toFixed(12) })

  await page.goto('/alerts')
  await expect(page.getByRole('status', { name: /Live updates: on/ })).toBeVisible()
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  const told = (rule: string) =>
    hooks.received
      .map(({ body }) => alertMessage.parse(JSON.parse(body)))
      .find(({ data }) => data.rule === rule && data.labels.account === accountId)
  expect(told('budget-80')).toBeUndefined()
  const answered: string[] = []
  const spend = async () => {
    const answer = await chat()
    expect(answer.status()).toBe(200)
    answered.push(answer.headers()['x-request-id'] ?? '')
  }
  await Promise.all(Array.from({ length: room * 0.4 }, spend))
  await Promise.all(Array.from({ length: room * 0.4 - 1 }, spend))

  const alert = page
    .getByRole('list', { name: 'Firing alerts' })
    .getByRole('listitem')
    .filter({ hasText: accountId })
    .filter({ hasText: '80 %' })
  await expect(alert).toBeVisible({ timeout: 30_000 })
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
  await expect.poll(() => told('budget-80')?.type).toBe('alert.firing')
  expect(told('budget-80')?.data.value).toBeGreaterThanOrEqual(0.8)
  expect(answered).toEqual(expect.arrayContaining(told('budget-80')?.data.requestIds.slice(0, 3) ?? ['none']))

  await alert.getByRole('button', { name: /^Acknowledge/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Acknowledge the alert' })
  await dialog.getByLabel('Reason').fill('the account was told')
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(alert).toContainText('acknowledged by you')

  let refused = await chat()
  for (let more = 0; more < room && refused.ok(); more += 1) refused = await chat()
  expect(refused.status()).toBe(429)
  expect(await refused.json()).toMatchObject({
    error: { code: 'insufficient_quota', message: expect.stringContaining('budget') },
  })
  expect(Number(refused.headers()['retry-after'])).toBeGreaterThan(0)

  const removed = await request.post(`/api/admin/quotas/budgets/${budgetId}/remove`, {
    data: { accountId, reason: 'the rehearsal is over' },
    headers: { origin: shared.url },
  })
  expect(removed.ok(), await removed.text()).toBe(true)
  await expect(alert).toBeHidden({ timeout: 30_000 })
  await removeChannel(page, channel)
})

interface Caller {
  request: APIRequestContext
  shared: SharedConsole
  accountId: string
}

/** Chats under a key of an account of its own. */
async function callerOf({ request, shared, accountId }: Caller) {
  const made = await request.post('/api/admin/keys', {
    data: { name: 'budget rehearsal', accountId, plan: 'unlimited' },
    headers: { origin: shared.url },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const { secret } = await made.json()
  return () =>
    request.post('/api/v1/chat/completions', {
      headers: { authorization: `Bearer ${secret}` },
      data: { model: 'economy', max_tokens: 16, messages: [{ role: 'user', content: 'Say hello.' }] },
    })
}

async function setBudget({ request, shared, accountId, limitUsd }: Caller & { limitUsd: string }) {
  const set = await request.post('/api/admin/quotas/budgets', {
    data: {
      accountId,
      scope: 'account',
      scopeId: accountId,
      window: 'month',
      kind: 'hard',
      limitUsd,
      reason: 'a rehearsal',
    },
    headers: { origin: shared.url },
  })
  expect(set.ok(), await set.text()).toBe(true)
  return String((await set.json()).id)
}
