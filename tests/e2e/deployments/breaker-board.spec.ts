import { type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import { type StartedConsole, startConsole, startTimeoutMs } from '#tests/e2e/start-console'
import { adminEnv, apiKey, signIn } from '#tests/e2e/test'

/** A console of its own, since breakers and regions are moved here. */
let own: StartedConsole
let board: Page

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser, playwright }) => {
  test.setTimeout(startTimeoutMs)
  own = await startConsole(adminEnv)
  const storageState = await signIn(playwright, own.program.url)
  board = await openPage(browser, storageState, '/deployments')
  // A page that was loaded again would have lost its mark.
  await board.evaluate(() => document.documentElement.setAttribute('data-kept', ''))
})
test.afterEach(async () => expect(board.locator('html')).toHaveAttribute('data-kept'))
test.afterAll(async () => own.stop())

test('a fault opens the breaker of its target, the board says why, and the traffic moves', async () => {
  const faults = await openPage(requireBrowser(), await board.context().storageState(), '/faults')
  await scriptServerErrors(faults, 'we-premium')
  await expect(board.getByText('A fault is scripted: Server error on we-premium')).toBeVisible()

  await expect(async () => {
    expect(await askPremium()).toMatchObject({ 'x-huntaze-deployment': 'we-standard' })
    await expect(row('we-premium')).toContainText('open', { timeout: 500 })
  }).toPass()
  await expect(row('we-premium')).toContainText(/\d+ of \d+ calls failed/)
  await expect(row('we-premium').getByRole('timer')).toHaveText(/probe (in \d+ s|due)/)
  await expect(sentence()).toContainText(/5 of 6 chat deployments ready; we-premium is open: \d+ of \d+/)
  const hit = faults.getByRole('table', { name: /^Deployments hit by the fault/ })
  await expect(hit.getByRole('row', { name: /we-premium/ })).toContainText('open')

  await expect(async () =>
    expect(await askPremium()).toMatchObject({
      'x-huntaze-deployment': 'we-standard',
      'x-huntaze-attempts': '1',
    }),
  ).toPass()
  await expect(row('we-standard').getByRole('cell').nth(requestsColumn)).not.toHaveText('0')
  await faults.getByRole('button', { name: 'Clear fault on we-premium' }).click()
  await expect(board.getByText('A fault is scripted')).toHaveCount(0)
  await faults.context().close()
})

test('the drawer leads to the requests that opened it, and a person closes the breaker', async () => {
  const drawer = await openDrawer('we-premium')
  const history = drawer.getByRole('region', { name: 'History' })
  const opened = history
    .getByRole('listitem')
    .filter({ hasText: /closed → open/ })
    .first()
  await expect(opened).toContainText('by itself')
  await opened.getByText(/requests? that caused it/).click()
  const evidence = opened.getByRole('link', { name: /^req_/ }).first()
  const request = await board.context().newPage()
  await request.goto(`${own.program.url}${await evidence.getAttribute('href')}`)
  const attempts = request.getByRole('list', { name: 'Attempts' }).getByRole('listitem')
  await expect(attempts.first()).toContainText('we-premium')
  await expect(attempts.first()).toContainText('server error')
  await request.close()

  await act(drawer, { button: 'Close breaker', reason: 'the fault is over' })
  await expect(history.getByRole('listitem').first()).toContainText('by you')
  await closeDrawer(drawer)
  await expect(row('we-premium')).not.toContainText('open')
  expect(await askPremium()).toMatchObject({ 'x-huntaze-deployment': 'we-premium' })
  await expect(sentence()).toContainText('All 6 chat deployments ready')
})

test('an isolated deployment is asked by nobody but a test call, until it is released', async () => {
  const drawer = await openDrawer('we-premium')
  await act(drawer, { button: 'Isolate', reason: 'rehearsal of a bad model' })
  await expect(drawer.getByRole('region', { name: 'State' })).toContainText('isolated')
  await expect(row('we-premium')).toContainText('isolated')
  await expect(row('we-premium')).toContainText('rehearsal of a bad model')
  await expect(row('we-premium').getByRole('timer')).toHaveText(/ends in (1 h|\d+ min)/)
  expect(await askPremium()).toMatchObject({
    'x-huntaze-deployment': 'we-standard',
    'x-huntaze-attempts': '1',
  })
  await drawer.getByRole('button', { name: 'Test call' }).click()
  await expect(drawer.getByText(/^Answered after [\d.]+ m?s$/)).toBeVisible()

  await act(drawer, { button: 'Release', reason: 'rehearsal is over' })
  await closeDrawer(drawer)
  await expect(row('we-premium')).not.toContainText('isolated')
  expect(await askPremium()).toMatchObject({ 'x-huntaze-deployment': 'we-premium' })
})

test('a drained deployment is asked only when nothing else is left', async () => {
  const drawer = await openDrawer('we-premium')
  await act(drawer, { button: 'Drain', reason: 'its quota moves' })
  await expect(row('we-premium')).toContainText('drained')
  expect(await askPremium()).toMatchObject({ 'x-huntaze-deployment': 'we-standard' })
  await act(drawer, { button: 'Undrain', reason: 'its quota is back' })
  await closeDrawer(drawer)
  await expect(row('we-premium')).not.toContainText('drained')
  expect(await askPremium()).toMatchObject({ 'x-huntaze-deployment': 'we-premium' })
})

test('a region fails over with its name typed, and back', async () => {
  const region = board.getByRole('region', { name: 'westeurope' })
  await region.getByRole('button', { name: 'Fail over westeurope' }).click()
  const dialog = board.getByRole('dialog', { name: 'Fail over westeurope' })
  await expect(dialog).toContainText('northeurope')
  await dialog.getByLabel('Reason').fill('rehearsal of a fail-over')
  const confirm = dialog.getByRole('button', { name: 'Fail over' })
  await expect(confirm).toBeDisabled()
  await dialog.getByLabel('Type “westeurope” to confirm').fill('westeurope')
  await confirm.click()
  await expect(board.getByText('westeurope is failed over', { exact: true })).toBeVisible()
  await expect(region).toContainText('failed over')
  await expect(region).toContainText('rehearsal of a fail-over')
  await expect(sentence()).toContainText('westeurope is failed over: rehearsal of a fail-over')
  expect(await askPremium()).toMatchObject({
    'x-huntaze-deployment': 'ne-premium',
    'x-huntaze-region': 'northeurope',
  })

  await region.getByRole('button', { name: 'Fail back westeurope' }).click()
  await confirmReason({ button: 'Fail back', reason: 'rehearsal is over' })
  await expect(region).not.toContainText('failed over')
  await region.getByRole('button', { name: 'History of westeurope' }).click()
  const history = board.getByRole('dialog', { name: 'westeurope' }).getByRole('region', { name: 'History' })
  await expect(history.getByRole('listitem').first()).toContainText('failed over →')
  await expect(history.getByRole('listitem').nth(1)).toContainText('serving → failed over')
  await expect(history.getByRole('listitem').nth(1)).toContainText('by you')
  await board.getByRole('button', { name: 'Close region' }).click()
  await expect(async () =>
    expect(await askPremium()).toMatchObject({ 'x-huntaze-region': 'westeurope' }),
  ).toPass()
})

/** Place of the column “Requests/s” in a row of the board. */
const requestsColumn = 5

const row = (id: string): Locator => board.getByRole('table').getByRole('row').filter({ hasText: id }).first()
const sentence = (): Locator => board.getByText(/chat deployments ready/)

function requireBrowser(): Browser {
  const browser = board.context().browser()
  if (!browser) throw new Error('the board has lost its browser')
  return browser
}

async function openPage(
  browser: Browser,
  storageState: Awaited<ReturnType<typeof signIn>>,
  path: string,
): Promise<Page> {
  const context = await browser.newContext({ baseURL: own.program.url, storageState })
  const page = await context.newPage()
  await page.goto(path)
  await expect(page.getByRole('status', { name: /Live updates: on/ })).toBeVisible()
  return page
}

/** Headers of an answer of tier premium from the public API. */
async function askPremium(): Promise<Record<string, string>> {
  const answer = await board.request.post(`${own.program.url}/api/v1/chat/completions`, {
    headers: { authorization: `Bearer ${apiKey}` },
    data: { model: 'premium', max_tokens: 16, messages: [{ role: 'user', content: 'Say hello.' }] },
  })
  expect(answer.status()).toBe(200)
  return answer.headers()
}

async function scriptServerErrors(page: Page, target: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Where' }).click()
  await page.getByRole('option', { name: target, exact: true }).click()
  await page.getByRole('button', { name: 'Script fault for 5 minutes' }).click()
  await expect(page.getByRole('button', { name: `Clear fault on ${target}` })).toBeVisible()
}

async function openDrawer(id: string): Promise<Locator> {
  await row(id).getByRole('link', { name: id }).click()
  const drawer = board.getByRole('dialog', { name: id, exact: true })
  await expect(drawer).toBeVisible()
  return drawer
}

async function closeDrawer(drawer: Locator): Promise<void> {
  await drawer.getByRole('button', { name: 'Close deployment' }).click()
  await expect(drawer).toHaveCount(0)
}

async function act(drawer: Locator, order: { button: string; reason: string }): Promise<void> {
  await drawer.getByRole('button', { name: order.button, exact: true }).click()
  await confirmReason(order)
}

async function confirmReason({ button, reason }: { button: string; reason: string }): Promise<void> {
  const dialog = board.getByRole('dialog', { name: new RegExp(`^${button} `) })
  await dialog.getByLabel('Reason').fill(reason)
  await dialog.getByRole('button', { name: button, exact: true }).click()
  await expect(dialog).toHaveCount(0)
}
