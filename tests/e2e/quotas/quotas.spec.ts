import { expect } from '@playwright/test'
import { test } from '#tests/e2e/test'

test('a hard budget stops the next request with a clear 429 until an override lifts it', async ({
  page,
  request,
  shared,
}) => {
  const accountId = `acc-${Date.now()}`
  const made = await request.post('/api/admin/keys', {
    data: { name: 'budget', accountId, plan: 'unlimited' },
    headers: { origin: shared.url },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const { secret } = await made.json()
  const chat = () =>
    request.post('/api/v1/chat/completions', {
      headers: { authorization: `Bearer ${secret}` },
      data: { model: 'economy', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] },
    })
  expect((await chat()).status()).toBe(200)

  await page.goto('/quotas')
  await page.getByRole('button', { name: 'Set budget', exact: true }).click()
  const budget = page.getByRole('dialog', { name: 'Set budget' })
  await budget.getByLabel('Account').fill(accountId)
  await budget.getByLabel('Amount, USD').fill('0')
  await budget.getByLabel('Reason').fill('a pilot')
  await budget.getByRole('button', { name: 'Set budget' }).click()
  await expect(budget.getByRole('alert')).toContainText('limitUsd')
  await budget.getByLabel('Amount, USD').fill('0.000000001')
  await budget.getByRole('button', { name: 'Set budget' }).click()
  await expect(budget).toBeHidden()
  const row = page.getByRole('table', { name: 'Budgets' }).getByRole('row', { name: accountId })
  await expect(row).toContainText('hard: refuses')

  const refused = await chat()
  expect(refused.status()).toBe(429)
  expect(await refused.json()).toMatchObject({ error: { code: 'insufficient_quota' } })

  await page.getByRole('button', { name: 'Override a limit', exact: true }).click()
  const override = page.getByRole('dialog', { name: 'Override a limit' })
  await override.getByLabel('Account').fill(accountId)
  await override.getByLabel('Reason').fill('the pilot goes on')
  await override.getByRole('button', { name: 'Override', exact: true }).click()
  await expect(override).toBeHidden()
  expect((await chat()).status()).toBe(200)

  await page.getByRole('button', { name: `Remove the budget of account ${accountId}`, exact: true }).click()
  const removal = page.getByRole('dialog', { name: 'Remove budget' })
  await removal.getByLabel('Reason').fill('the pilot is over')
  await removal.getByRole('button', { name: 'Remove budget' }).click()
  await expect(row).toBeHidden()
})
