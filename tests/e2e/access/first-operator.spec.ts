import { expect, type Page, test } from '@playwright/test'
import { type StartedConsole, startConsole, startTimeoutMs } from '#tests/e2e/start-console'

const operator = { name: 'Ada Okafor', email: 'ada@huntaze.test', password: 'lantern-orbit-violet-42' }

let own: StartedConsole

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(startTimeoutMs)
  own = await startConsole()
})
test.afterAll(async () => own.stop())

function oneTimeLink(): string {
  const link = /one-time link[^\n]*: (http\S+)/.exec(own.program.said())?.[1]
  if (!link) throw new Error(`the program printed no one-time link:\n${own.program.said()}`)
  return link
}

async function fillAccount(page: Page): Promise<void> {
  await page.getByLabel('Name').fill(operator.name)
  await page.getByLabel('E-mail').fill(operator.email)
  await page.getByLabel(/^Password/).fill(operator.password)
  await page.getByRole('button', { name: 'Create account' }).click()
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(operator.email)
  await page.getByLabel(/^Password/).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('the one-time link makes the first operator, who is signed in on Overview', async ({ page }) => {
  await page.goto(oneTimeLink())
  await fillAccount(page)
  await expect(page).toHaveURL(`${own.program.url}/`)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await expect(page.getByText('Idle. No requests in the last 5 minutes')).toBeVisible()
  await expect(page.getByRole('button', { name: `signed in as ${operator.name}, admin` })).toBeVisible()
})

test('the link is refused when it is used again, and a broken one says so', async ({ page }) => {
  await page.goto(oneTimeLink())
  await fillAccount(page)
  await expect(page.getByRole('alert').filter({ hasText: 'This link does not work' })).toBeVisible()
  await page.goto(`${own.program.url}/welcome`)
  await expect(page.getByText('This link is not whole')).toBeVisible()
})

test('a deep link survives signing in, and a wrong password is refused with words', async ({ page }) => {
  const deepLink = `${own.program.url}/requests?outcome=error&range=1h`
  await page.goto(deepLink)
  await expect(page).toHaveURL(/\/sign-in\?next=/)
  await signIn(page, 'not-the-password')
  await expect(page.getByRole('alert').filter({ hasText: 'password is wrong' })).toBeVisible()
  await signIn(page, operator.password)
  await expect(page).toHaveURL(deepLink)
  await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()

  await page.getByRole('button', { name: `signed in as ${operator.name}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(`${own.program.url}/sign-in`)
  await page.goto(own.program.url)
  await expect(page).toHaveURL(/\/sign-in\?next=%2F$/)
})

test('guessing passwords is slowed down, and the page says for how long', async ({ page }) => {
  await page.goto(`${own.program.url}/sign-in`)
  const wrong = page.getByRole('alert').filter({ hasText: 'password is wrong' })
  const slowed = page.getByRole('alert').filter({ hasText: /Too many attempts\. Try again in \d+ seconds/ })
  await expect(async () => {
    await signIn(page, 'a-guess-that-is-wrong')
    await expect(wrong.or(slowed)).toBeVisible()
    expect(await slowed.isVisible()).toBe(true)
  }).toPass({ intervals: [0] })
  await signIn(page, operator.password)
  await expect(slowed).toBeVisible()
})
