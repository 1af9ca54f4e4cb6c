import { AxeBuilder } from '@axe-core/playwright'
import { expect } from '@playwright/test'
import { test } from '#tests/e2e/test'

test('a rule is added, its warm-up list asked, callers hit it, and all is taken back', async ({
  page,
  request,
  shared,
}) => {
  test.setTimeout(120_000)
  const operation = `faq-${Date.now()}`
  const made = await request.post('/api/admin/keys', {
    data: { name: `warm ${operation}`, accountId: `acc-${operation}`, plan: 'unlimited' },
    headers: { origin: shared.url },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const { secret } = await made.json()
  const body = {
    model: 'economy',
    temperature: 0,
    max_tokens: 10,
    messages: [{ role: 'user', content: `What are your hours? ${operation}` }],
    metadata: { operation },
  }
  await page.goto('/settings')
  const panel = page.getByRole('region', { name: 'Answer cache', exact: true })
  await expect(panel).toContainText('Off: no route gives an answer again.')

  await panel.getByRole('button', { name: 'Add a rule' }).click()
  const rule = page.getByRole('dialog', { name: 'Add a rule' })
  await rule.getByLabel('Model').fill('platinum')
  await rule.getByLabel('Operation').fill(operation)
  await rule.getByLabel('Reason').fill('questions repeat')
  await rule.getByRole('button', { name: 'Add rule' }).click()
  await expect(rule.getByRole('alert')).toContainText('"platinum" is neither a tier')
  await rule.getByLabel('Model').fill('economy')
  await rule.getByRole('button', { name: 'Add rule' }).click()
  await expect(rule).toBeHidden()
  const rules = panel.getByRole('table', { name: 'Rules of the answer cache' })
  await expect(rules.getByRole('row', { name: operation })).toContainText('300')

  await panel.getByRole('button', { name: `Edit the rule of economy, operation ${operation}` }).click()
  const edit = page.getByRole('dialog', { name: 'Edit a rule' })
  await edit.getByLabel('Kept, seconds').fill('900')
  await edit.getByLabel('Reason').fill('they repeat for longer')
  await edit.getByRole('button', { name: 'Save rule' }).click()
  await expect(rules.getByRole('row', { name: operation })).toContainText('900')

  await panel.getByRole('button', { name: 'Change room and warm-up cost' }).click()
  const limits = page.getByRole('dialog', { name: 'Change room and warm-up cost' })
  await limits.getByLabel('Room, MiB').fill('32')
  await limits.getByLabel('Reason').fill('less is enough')
  await limits.getByRole('button', { name: 'Change limits' }).click()
  await expect(limits).toBeHidden()
  await expect(panel).toContainText('of 32 MiB')

  await panel.getByRole('button', { name: 'Add a request' }).click()
  const add = page.getByRole('dialog', { name: 'Add a request to the warm-up list' })
  await add.getByRole('combobox', { name: 'Key' }).click()
  await page.getByRole('option', { name: `warm ${operation}` }).click()
  await add.getByLabel('Request').fill('{ "model": ')
  await add.getByLabel('Reason').fill('asked every morning')
  await add.getByRole('button', { name: 'Add request' }).click()
  await expect(add.getByRole('alert')).toContainText('this is no JSON')
  await add.getByLabel('Request').fill(JSON.stringify({ ...body, temperature: 1 }))
  await add.getByRole('button', { name: 'Add request' }).click()
  await expect(add.getByRole('alert')).toContainText('its temperature is above')
  await add.getByLabel('Request').fill(JSON.stringify(body))
  await add.getByRole('button', { name: 'Add request' }).click()
  await expect(add).toBeHidden()

  await panel.getByRole('button', { name: 'Warm up now' }).click()
  const order = page.getByRole('dialog', { name: 'Warm up now' })
  await order.getByLabel('Reason').fill('the morning begins')
  await order.getByRole('button', { name: 'Warm up', exact: true }).click()
  await expect(order).toBeHidden()
  await expect(panel.getByText('1 of 1 on order')).toBeVisible({ timeout: 30_000 })
  await expect(panel).toContainText('1 asked, 0 kept already')
  const answer = await request.post('/api/v1/chat/completions', {
    headers: { authorization: `Bearer ${secret}` },
    data: body,
  })
  expect([answer.status(), answer.headers()['x-huntaze-cache']]).toEqual([200, 'hit'])
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

  await panel.getByRole('button', { name: /^Remove “What are your hours/ }).click()
  const remove = page.getByRole('dialog', { name: 'Take a request off the list' })
  await remove.getByLabel('Reason').fill('the pilot is over')
  await remove.getByRole('button', { name: 'Take off' }).click()
  await expect(panel.getByRole('table', { name: 'Warm-up list' })).toBeHidden()
  await panel.getByRole('button', { name: `Remove the rule of economy, operation ${operation}` }).click()
  const removal = page.getByRole('dialog', { name: 'Remove a rule' })
  await removal.getByLabel('Reason').fill('the pilot is over')
  await removal.getByRole('button', { name: 'Remove rule' }).click()
  await expect(panel).toContainText('Off: no route gives an answer again.')
})
