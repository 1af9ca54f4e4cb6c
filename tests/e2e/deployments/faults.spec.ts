import { expect } from '@playwright/test'
import { test } from '#tests/e2e/test'

test('a fault scripted in the console sends a call to the next candidate, and the request says why', async ({
  page,
  shared,
}) => {
  const call = async () => {
    const answer = await page.request.post('/api/v1/chat/completions', {
      headers: { authorization: `Bearer ${shared.apiKey}` },
      data: { model: 'economy', max_tokens: 16, messages: [{ role: 'user', content: 'Say hello.' }] },
    })
    expect(answer.status()).toBe(200)
    return answer.headers()
  }
  await page.goto('/deployments')
  await page.getByRole('link', { name: 'we-economy' }).click()
  const drawer = page.getByRole('dialog', { name: 'we-economy' })
  await drawer.getByLabel('Fault', { exact: true }).click()
  await page.getByRole('option', { name: 'Server error' }).click()
  await drawer.getByRole('button', { name: 'Script fault for 60 s' }).click()
  await expect(page.getByText('Fault scripted: Server error')).toBeVisible()
  await drawer.getByRole('button', { name: 'Close deployment' }).click()
  const clear = page.getByRole('button', { name: 'Clear fault on westeurope/gpt-35-turbo-prod' })
  await expect(clear).toBeVisible()

  const headers = await call()
  expect(headers).toMatchObject({ 'x-huntaze-deployment': 'ne-economy', 'x-huntaze-attempts': '2' })
  await clear.click()
  await expect(clear).toHaveCount(0)
  expect(await call()).toMatchObject({ 'x-huntaze-deployment': 'we-economy', 'x-huntaze-attempts': '1' })

  await page.goto(`/requests?request=${headers['x-request-id']}`)
  const attempts = page.getByRole('region', { name: 'Attempts' }).getByRole('listitem')
  await expect(attempts).toHaveCount(2)
  await expect(attempts.nth(0)).toContainText('we-economy')
  await expect(attempts.nth(0)).toContainText('server error')
  await expect(attempts.nth(0)).toContainText('HTTP 503')
  await expect(attempts.nth(1)).toContainText('ne-economy')
  await expect(attempts.nth(1)).toContainText('success')
})
