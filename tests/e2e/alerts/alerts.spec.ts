import { createHmac } from 'node:crypto'
import { expect } from '@playwright/test'
import { makeChannel, removeChannel } from '#tests/e2e/alerts/alert-channel'
import { test } from '#tests/e2e/test'
import { startWebhookReceiver, type WebhookReceiver } from '#tests/support/webhook-receiver'

let hooks: WebhookReceiver
test.beforeEach(async () => {
  hooks = await startWebhookReceiver()
})
test.afterEach(() => hooks.close())

test('an alert reaches a signed webhook, is seen live, acknowledged, and resolves into the history', async ({
  page,
  shared,
}) => {
  const mark = `run ${test.info().testId} ${test.info().repeatEachIndex}`
  const secret = await makeChannel(page, { name: `On call ${mark}`, url: hooks.url })
  await page.getByRole('button', { name: `Test On call ${mark}` }).click()
  await expect.poll(() => hooks.received.length).toBe(1)

  await page.goto('/alerts')
  await expect(page.getByRole('status', { name: /Live updates: on/ })).toBeVisible()
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  const isolate = await page.request.post('/api/admin/deployments/ne-economy/isolate', {
    headers: { origin: shared.url },
    data: { reason: `alert rehearsal, ${mark}` },
  })
  expect(isolate.status()).toBeLessThan(300)

  const alert = page
    .getByRole('list', { name: 'Firing alerts' })
    .getByRole('listitem')
    .filter({ hasText: mark })
    .first()
  await expect(alert).toContainText('Deployment isolated: deployment ne-economy')
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
  await expect(page.getByRole('link', { name: /^Alerts \d+ firing/ })).toBeVisible()
  const fired = () =>
    hooks.received.map(({ body }) => JSON.parse(body)).find(({ type }) => type === 'alert.firing')
  await expect.poll(() => fired()?.data.rule).toBeTruthy()
  for (const { headers, body } of hooks.received) {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    )
  }

  await alert.getByRole('button', { name: /^Acknowledge/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Acknowledge the alert' })
  await dialog.getByLabel('Reason').fill('rehearsal, nothing to do')
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(alert).toContainText('acknowledged by you')
  await alert.getByRole('button', { name: /^Details/ }).click()
  const drawer = page.getByRole('dialog', { name: 'Deployment isolated' })
  await expect(drawer).toContainText('rehearsal, nothing to do')
  await expect(drawer.getByRole('region', { name: 'Messages' })).toContainText('sent')
  await page.keyboard.press('Escape')

  const release = await page.request.post('/api/admin/deployments/ne-economy/release', {
    headers: { origin: shared.url },
    data: { reason: 'rehearsal is over' },
  })
  expect(release.status()).toBeLessThan(300)
  await expect(alert).toBeHidden({ timeout: 30_000 })
  await page.getByText('History', { exact: true }).click()
  await expect(page.getByRole('table', { name: 'Resolved alerts' })).toContainText('deployment ne-economy')
  await removeChannel(page, `On call ${mark}`)
})

test('a rule is tried on the past day, changed with a reason, and brought back', async ({ page }) => {
  await page.goto('/alerts?view=rules')
  await page.getByRole('button', { name: 'Open Costly hour' }).click()
  const dialog = page.getByRole('dialog', { name: 'Costly hour' })
  await dialog.getByRole('button', { name: 'Try on the past day' }).click()
  await expect(dialog.getByRole('status')).toContainText(/would|Nothing was observed/)
  await dialog.getByLabel('Limit').fill('250')
  await dialog.getByLabel('Reason').fill('a bigger month')
  await dialog.getByRole('button', { name: 'Save rule' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Costly hour' })
  await expect(row).toContainText('cost.hour_usd > 250')
  await page.getByRole('button', { name: 'Open Costly hour' }).click()
  await dialog.getByLabel('Reason').fill('the month is over')
  await dialog.getByRole('button', { name: 'Back to the original' }).click()
  await expect(row).toContainText('cost.hour_usd > 100')
})

test('a channel is edited, switched off and on, and keeps its secret unless a new one is asked for', async ({
  page,
}) => {
  const name = `Edited ${test.info().testId} ${test.info().repeatEachIndex}`
  await makeChannel(page, { name, url: hooks.url })
  await page.getByRole('button', { name: `Edit ${name}` }).click()
  const dialog = page.getByRole('dialog', { name: `Edit “${name}”` })
  await expect(dialog.getByLabel('URL')).toHaveValue(hooks.url)
  await dialog.getByLabel('Name').fill(`${name} 2`)
  await dialog.getByRole('combobox', { name: 'Only these rules' }).click()
  await page.getByRole('option', { name: 'Costly day' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByLabel('Make a new signing secret').check()
  await dialog.getByLabel('Reason').fill('the old one was in a log')
  await dialog.getByRole('button', { name: 'Save channel' }).click()
  const shown = page.getByRole('dialog', { name: 'Its signing secret' })
  await expect(shown.getByText(/^whsec_/)).toBeVisible()
  await shown.getByRole('button', { name: 'I have kept it' }).click()
  const row = page.getByRole('row').filter({ hasText: `${name} 2` })
  await expect(row).toContainText('Costly day')

  for (const [verb, state] of [
    ['Switch off', 'off, secret kept'],
    ['Switch on', 'on, secret kept'],
  ] as const) {
    await page.getByRole('button', { name: `${verb} ${name} 2` }).click()
    const question = page.getByRole('dialog', { name: `${verb} “${name} 2”` })
    await question.getByLabel('Reason').fill('rehearsal of alerts')
    await question.getByRole('button', { name: verb }).click()
    await expect(row).toContainText(state)
  }
  await removeChannel(page, `${name} 2`)
})
