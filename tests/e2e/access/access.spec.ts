import { type Browser, expect, type Page } from '@playwright/test'
import OpenAI from 'openai'
import { test, visitorState } from '#tests/e2e/test'

const hello = {
  model: 'economy',
  messages: [{ role: 'user' as const, content: 'Say hello.' }],
  max_tokens: 16,
}

test('a key made in the page works with the openai package until it is revoked there', async ({
  page,
  shared,
}) => {
  const name = `creator app ${test.info().testId} ${test.info().repeatEachIndex}`
  const secret = await createKey(page, name)
  const openai = new OpenAI({ apiKey: secret, baseURL: `${shared.url}/api/v1`, maxRetries: 0 })
  const { data, response } = await openai.chat.completions.create(hello).withResponse()
  expect(response.status).toBe(200)
  expect(data.choices[0]?.message.content).toBeTruthy()

  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  const dialog = page.getByRole('dialog', { name: `Revoke “${name}”` })
  const confirm = dialog.getByRole('button', { name: 'Revoke key' })
  await dialog.getByLabel('Reason').fill('rehearsal of a leak')
  await expect(confirm).toBeDisabled()
  await dialog.getByLabel(`Type “${name}” to confirm`).fill(name)
  await confirm.click()
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('revoked')

  const refused = await openai.chat.completions.create(hello).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(OpenAI.AuthenticationError)
  expect(refused).toMatchObject({ status: 401, code: 'revoked_api_key' })
})

test('where the requests of an account go is set beside its keys, with a reason', async ({ page }) => {
  const name = `moving ${test.info().testId} ${test.info().repeatEachIndex}`
  await createKey(page, name)
  const row = page.getByRole('row').filter({ hasText: name })
  const open = async () => {
    await row.getByRole('button', { name: 'Region of acc_e2e' }).click()
    return page.getByRole('dialog', { name: 'Region of acc_e2e' })
  }
  const choose = async (region: string, words: string) => {
    const dialog = await open()
    await dialog.getByRole('combobox', { name: 'Region' }).click()
    await page.getByRole('option', { name: region, exact: true }).click()
    await dialog.getByLabel('Reason').fill('data stays where the contract says')
    await dialog.getByRole('button', { name: 'Set region' }).click()
    await expect(dialog).toBeHidden()
    await expect((await open()).getByText(words)).toBeVisible()
    await page.keyboard.press('Escape')
  }
  await choose('northeurope', 'Every request of this account prefers northeurope now.')
  await choose('Any', 'Every request of this account may be served anywhere now.')
})

test('an invited viewer sees every page and may change nothing', async ({ page, browser, shared }) => {
  const email = `viewer-${test.info().repeatEachIndex}-${test.info().retry}@huntaze.test`
  const link = await inviteViewer(page, email)
  const viewer = await acceptInvite({ browser, baseURL: shared.url, link, email })

  await viewer.goto('/access')
  await expectRefused(viewer, { button: 'Create key', role: 'admin' })
  await expectRefused(viewer, { button: 'Invite', role: 'admin' })
  await expect(viewer.getByText('Only admins see this list')).toBeVisible()
  await viewer.goto('/playground')
  await viewer.getByLabel('Message 1', { exact: true }).fill('Hello')
  await expectRefused(viewer, { button: 'Run', role: 'operator' })
  await viewer.goto('/faults')
  await expect(viewer.getByText('only admins script and clear them; your role is viewer')).toBeVisible()
  await expectRefused(viewer, { button: /^Script fault/, role: 'admin' })
  await viewer.goto('/traffic')
  await expectRefused(viewer, { button: 'Roll back to the legacy providers', role: 'operator' })
  await expectRefused(viewer, { button: 'Roll back premium', role: 'operator' })
  await viewer.goto('/deployments')
  await expectRefused(viewer, { button: 'Fail over westeurope', role: 'operator' })
  await viewer.goto('/deployments?deployment=we-economy')
  await expectRefused(viewer, { button: 'Isolate', role: 'operator' })

  const headers = { origin: shared.url }
  const key = await viewer.request.post('/api/admin/keys', {
    headers,
    data: { name: 'mine', accountId: 'acc_mine' },
  })
  expect(key.status()).toBe(403)
  expect(await key.json()).toMatchObject({ code: 'missing_role' })
  expect((await viewer.request.post('/api/admin/playground/chat', { headers, data: hello })).status()).toBe(
    403,
  )
  const testCall = '/api/admin/deployments/we-economy/test'
  expect((await viewer.request.post(testCall, { headers })).status()).toBe(403)
  expect((await viewer.request.get('/api/admin/users')).status()).toBe(403)
  await viewer.context().close()
})

/** Returns the secret after seeing that the page shows it no second time. */
async function createKey(page: Page, name: string): Promise<string> {
  await page.goto('/access')
  await page.getByRole('button', { name: 'Create key' }).click()
  const form = page.getByRole('dialog', { name: 'Create an API key' })
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('Account').fill('acc_e2e')
  await form.getByRole('button', { name: 'Create key' }).click()
  const shown = page.getByRole('dialog', { name: `Key “${name}”` })
  await expect(shown.getByText('you will not see it again')).toBeVisible()
  const secret = (await shown.getByTestId('api-key-secret').textContent()) ?? ''
  await shown.getByRole('button', { name: 'I have kept it' }).click()
  await page.reload()
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('active')
  await expect(page.getByText(secret)).toHaveCount(0)
  return secret
}

async function inviteViewer(page: Page, email: string): Promise<string> {
  await page.goto('/access')
  await page.getByRole('button', { name: 'Invite' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite a person' })
  await dialog.getByRole('radio', { name: /^Viewer/ }).check()
  await dialog.getByLabel('E-mail').fill(email)
  await dialog.getByRole('button', { name: 'Create link' }).click()
  const link = (await dialog.getByText(/\/welcome\?token=/).textContent()) ?? ''
  await dialog.getByRole('button', { name: 'Done' }).click()
  return link
}

async function acceptInvite(parts: {
  browser: Browser
  baseURL: string
  link: string
  email: string
}): Promise<Page> {
  const context = await parts.browser.newContext({ baseURL: parts.baseURL, storageState: visitorState })
  const page = await context.newPage()
  await page.goto(parts.link)
  await page.getByLabel('Name').fill('Vera Lind')
  await page.getByLabel('E-mail').fill(parts.email)
  await page.getByLabel(/^Password/).fill('meadow-copper-tram-19')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('button', { name: 'signed in as Vera Lind, viewer' })).toBeVisible()
  return page
}

/** The button is there, cannot be pressed, and says who can press it. */
async function expectRefused(page: Page, parts: { button: string | RegExp; role: string }): Promise<void> {
  await expect(page.getByRole('button', { name: 'signed in as Vera Lind, viewer' })).toBeVisible()
  const button = page.getByRole('button', { name: parts.button })
  await expect(button).toBeDisabled()
  await button.locator('xpath=..').hover()
  await expect(
    page.getByRole('tooltip', { name: `Needs the role ${parts.role}; yours is viewer.` }),
  ).toBeVisible()
}
