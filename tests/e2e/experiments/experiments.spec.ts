import { AxeBuilder } from '@axe-core/playwright'
import { expect } from '@playwright/test'
import { test } from '#tests/e2e/test'

test('an experiment starts, its interval narrows while traffic runs, and it is concluded', async ({
  page,
  request,
  shared,
}) => {
  test.setTimeout(240_000)
  const operation = `reply-${Date.now()}`
  const name = `Warmer replies ${Date.now()}`
  await page.goto('/experiments')
  await page.getByRole('button', { name: 'New experiment' }).click()
  const dialog = page.getByRole('dialog', { name: 'New experiment' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Operation').fill(operation)
  await dialog.getByLabel('Units before a verdict').fill('30')
  await dialog.getByLabel('Share, %').first().fill('40')
  await expect(dialog.getByRole('alert')).toContainText('weights sum to 90 %, not to 100 %')
  await expect(dialog.getByRole('button', { name: 'Start experiment' })).toBeDisabled()
  await dialog.getByLabel('Share, %').first().fill('50')
  await dialog.getByLabel('Temperature').last().fill('0.2')
  await dialog.getByLabel('Tier').fill('none')
  await dialog.getByLabel('Reason').fill('worth a try')
  await dialog.getByRole('button', { name: 'Start experiment' }).click()
  await expect(dialog.getByRole('alert')).toContainText('the catalog has no tier "none"')
  await dialog.getByLabel('Tier').fill('economy')
  await dialog.getByRole('button', { name: 'Start experiment' }).click()
  await expect(dialog).toBeHidden()
  const verdict = page.getByRole('region', { name })
  await expect(verdict).toContainText('too early')

  let sent = 0
  /** Rated answers of this many creators who were not there before. */
  const play = async (creators: number) => {
    for (let index = 0; index < creators; index += 1) {
      const answer = await request.post('/api/v1/chat/completions', {
        headers: { authorization: `Bearer ${shared.apiKey}` },
        data: {
          model: 'economy',
          max_tokens: 5,
          messages: [{ role: 'user', content: 'Hello' }],
          metadata: { creatorId: `creator_${operation}_${sent}`, operation },
        },
      })
      expect(answer.status(), await answer.text()).toBe(200)
      const rated = await request.post('/api/v1/feedback', {
        headers: { authorization: `Bearer ${shared.apiKey}` },
        data: { requestId: answer.headers()['x-request-id'], score: sent % 2 },
      })
      expect(rated.status(), await rated.text()).toBe(200)
      sent += 1
    }
  }
  const decides = page
    .getByRole('table', { name: 'Metrics' })
    .getByRole('row', { name: /Feedback score decides/ })
  const width = async () => {
    const text = (await decides.textContent()) ?? ''
    const ends = /([−+][\d.]+) to ([−+][\d.]+)/.exec(text)
    if (!ends?.[1] || !ends[2]) return null
    return Number(ends[2].replace('−', '-')) - Number(ends[1].replace('−', '-'))
  }
  await play(90)
  await expect.poll(width, { timeout: 30_000 }).not.toBeNull()
  const before = (await width()) ?? 0
  await expect(verdict).toContainText('Inconclusive')
  await play(90)
  await expect.poll(async () => ((await width()) ?? before) < before, { timeout: 30_000 }).toBe(true)

  const results = await new AxeBuilder({ page }).analyze()
  expect(results.violations).toEqual([])
  await verdict.getByRole('button', { name: 'Conclude' }).click()
  const conclude = page.getByRole('dialog', { name: 'Conclude experiment' })
  await conclude.getByLabel('Reason').fill('nobody noticed')
  await conclude.getByRole('button', { name: 'Conclude' }).click()
  await expect(conclude).toBeHidden()
  await expect(verdict).toContainText('concluded')
  await expect(page.getByRole('region', { name: 'History' })).toContainText('nobody noticed')
})
