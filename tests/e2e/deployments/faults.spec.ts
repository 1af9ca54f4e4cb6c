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
  await page.getByRole('dialog', { name: 'we-economy' }).getByRole('link', { name: 'Script a fault' }).click()
  await expect(page).toHaveURL(/\/faults\?target=westeurope%2Fgpt-35-turbo-prod$/)
  await expect(page.getByRole('combobox', { name: 'Where' })).toHaveValue('we-economy')
  await page.getByRole('combobox', { name: 'Fault' }).click()
  await page.getByRole('option', { name: 'Server error' }).click()
  await page.getByRole('combobox', { name: 'Ends after' }).click()
  await page.getByRole('option', { name: '1 minute' }).click()
  await page.getByRole('button', { name: 'Script fault for 1 minute' }).click()
  await expect(page.getByText('Fault scripted: Server error')).toBeVisible()
  const clear = page.getByRole('button', { name: 'Clear fault on we-economy' })
  await expect(clear).toBeVisible()
  await expect(page.getByText(/^\d+ s left$/)).toBeVisible()
  const hit = page.getByRole('table', {
    name: 'Deployments hit by the fault on westeurope/gpt-35-turbo-prod',
  })
  await expect(hit.getByRole('link', { name: 'we-economy' })).toHaveAttribute(
    'href',
    '/deployments?deployment=we-economy',
  )

  const headers = await call()
  expect(headers).toMatchObject({ 'x-huntaze-deployment': 'ne-economy' })
  await expect(hit.getByRole('row', { name: /we-economy/ })).toContainText(/[1-9]\d* of \d+/)
  await clear.click()
  await expect(clear).toHaveCount(0)
  await expect(page.getByText('Nothing goes wrong on purpose')).toBeVisible()
  // Calls of earlier tests may have been enough for its breaker to open.
  await page.request.post('/api/admin/deployments/we-economy/close', {
    headers: { origin: shared.url },
    data: { reason: 'the fault is gone' },
  })
  expect(await call()).toMatchObject({ 'x-huntaze-deployment': 'we-economy', 'x-huntaze-attempts': '1' })

  await page.goto(`/requests?request=${headers['x-request-id']}`)
  const attempts = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem')
  await expect(attempts).toHaveCount(Number(headers['x-huntaze-attempts']))
  await expect(attempts.first()).toContainText('we-economy')
  await expect(attempts.first()).toContainText('server error')
  await expect(attempts.first()).toContainText('HTTP 503')
  await expect(attempts.last()).toContainText('ne-economy')
  await expect(attempts.last()).toContainText('success')
})
