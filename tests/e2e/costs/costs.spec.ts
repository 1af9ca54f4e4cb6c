import { expect } from '@playwright/test'
import { test } from '#tests/e2e/test'

test('drill from the month to one request', async ({ page, shared }) => {
  const operation = 'costs_drill'
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1) {
    const answer = await page.request.post('/api/v1/chat/completions', {
      headers: { authorization: `Bearer ${shared.apiKey}` },
      data: {
        model: 'standard',
        max_tokens: 16,
        messages: [{ role: 'user', content: 'Say hello.' }],
        metadata: { creatorId: 'creator_costs', operation },
      },
    })
    expect(answer.status()).toBe(200)
    ids.push(answer.headers()['x-request-id'] ?? '')
  }
  await page.goto('/costs')
  await expect(page.getByText('Month to date')).toBeVisible({ timeout: 20_000 })
  const days = page.getByRole('table', { name: 'Cost by day' })
  await days.getByRole('row').nth(1).getByRole('link').first().click()
  await expect(page.getByRole('button', { name: 'Remove filter Day' })).toBeVisible()

  const byOperation = page.getByRole('table', { name: 'Cost by operation' })
  const row = byOperation
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: operation, exact: true }) })
  await expect(row).toContainText('$0.')
  await row.getByRole('link', { name: operation, exact: true }).click()
  await expect(page.getByRole('button', { name: 'Remove filter Operation' })).toBeVisible()
  const byModel = page.getByRole('table', { name: 'Cost by model' })
  await byModel.getByRole('link', { name: '3 requests of gpt-4', exact: true }).click()

  await expect(page).toHaveURL(/\/requests\?.*model=gpt-4/)
  await page.getByRole('link', { name: `open request ${ids[0]}` }).click()
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expect(drawer).toContainText(ids[0] ?? '')
})

test('a price set in the console holds at once, and can be withdrawn', async ({ page }) => {
  await page.goto('/costs?price=new')
  const dialog = page.getByRole('dialog', { name: 'Set a price' })
  await dialog.getByLabel('Model').fill('e2e-model')
  await dialog.getByLabel('Holds from').fill('2026-11-01')
  await dialog.getByLabel('Source', { exact: true }).fill('price page')
  await dialog.getByLabel('Source is of').fill('2026-11-01')
  await dialog.getByLabel('Reason', { exact: true }).fill('a model of our own')
  await dialog.getByLabel('Input', { exact: true }).fill('-1')
  await dialog.getByLabel('Output', { exact: true }).fill('4')
  await dialog.getByRole('button', { name: 'Set the price' }).click()
  await expect(dialog.getByText('must not be negative').first()).toBeVisible()
  await dialog.getByLabel('Input', { exact: true }).fill('2.5')
  await dialog.getByRole('button', { name: 'Set the price' }).click()
  await expect(dialog).toBeHidden()

  await page.getByLabel('Find a model').fill('e2e-model')
  const row = page.getByRole('table', { name: 'Prices' }).getByRole('row').filter({ hasText: 'e2e-model' })
  await expect(row).toContainText('$2.5')
  await row.getByRole('button', { name: 'Withdraw the price of e2e-model from 2026-11-01' }).click()
  const asked = page.getByRole('dialog', { name: 'Withdraw the price of e2e-model' })
  await asked.getByLabel('Reason').fill('was a test')
  await asked.getByRole('button', { name: 'Withdraw' }).click()
  await expect(row).toHaveCount(0)
})
