import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { type StartedConsole, startConsole, startTimeoutMs } from '#tests/e2e/start-console'
import { adminEnv, apiKey, signIn } from '#tests/e2e/test'
import { openPostgres, postgresRefusal } from '#tests/support/databases'
import { type RunningProgram, runProgram } from '#tests/support/running-program'

/** A console and two more processes on one Postgres, since the switch is about all of them. */
let own: StartedConsole
let others: RunningProgram[]
let page: Page
/** What was started, so that it ends whatever else fails. */
const ends: (() => unknown)[] = []

test.skip(postgresRefusal !== null, postgresRefusal ?? undefined)
test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser, playwright }) => {
  test.setTimeout(2 * startTimeoutMs)
  const opened = await openPostgres()
  ends.push(opened.dispose)
  const env = {
    ...adminEnv,
    DATABASE_URL: opened.databaseUrl,
    AUTH_SECRET: 'a-secret-of-at-least-32-characters-for-tests',
    HUNTAZE_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
    HUNTAZE_PSEUDONYM_KEY: Buffer.alloc(32, 8).toString('base64'),
  }
  own = await startConsole(env)
  ends.push(own.stop)
  others = await Promise.all(
    [0, 1].map(async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'huntaze-e2e-other-'))
      ends.push(() => rmSync(dataDir, { recursive: true, force: true }))
      const program = await runProgram({
        ...env,
        HUNTAZE_DATA_DIR: dataDir,
        HUNTAZE_LEGACY_PROBE_MINUTES: '0',
      })
      ends.push(() => program.stop('SIGTERM'))
      return program
    }),
  )
  const context = await browser.newContext({
    baseURL: own.program.url,
    storageState: await signIn(playwright, own.program.url),
  })
  page = await context.newPage()
  await page.goto('/traffic')
  await page.evaluate(() => document.documentElement.setAttribute('data-kept', ''))
})
test.afterEach(async () => expect(page.locator('html')).toHaveAttribute('data-kept'))
test.afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

test('the picture shows who serves what, and three instances obey', async () => {
  await ask()
  await expect(bar('premium')).toHaveAccessibleName(/answered by Azure 100 %; intended Azure 100 %/, {
    timeout: 60_000,
  })
  await expect(bar('premium, reply')).toHaveAccessibleName(/answered by Azure 100 %/)
  const fleet = page.getByRole('region', { name: 'Instances' })
  await expect(fleet).toContainText(/3\/3 on version \d+/)
  await expect(fleet.getByRole('row')).toHaveCount(4)
})

test('the way back is probed, and says that it is ready', async () => {
  const routes = page.getByRole('region', { name: 'The way back' })
  await expect(routes.getByRole('row', { name: /openai-gpt-4-turbo/ })).toContainText('never probed')
  await routes.getByRole('button', { name: 'Probe now' }).click()
  await expect(routes.getByRole('row', { name: /openai-gpt-4-turbo/ })).toContainText('ready')
  await expect(routes.getByRole('row', { name: /anthropic-claude-sonnet/ })).toContainText('ready')
})

test('P42 the switch from the top bar says what happens, takes a typed word, and shows 3/3', async () => {
  await page.getByRole('button', { name: 'Roll back to the legacy providers' }).click()
  const dialog = page.getByRole('dialog', { name: 'Roll back to the legacy providers' })
  await expect(dialog.getByRole('status', { name: 'What would happen' })).toContainText(
    /Sends all traffic \(about [\d.<]+ requests\/s\) back to OpenAI/,
  )
  const confirm = dialog.getByRole('button', { name: 'Roll back', exact: true })
  await dialog.getByLabel('Reason').fill('rehearsal of a rollback')
  await expect(confirm).toBeDisabled()
  await dialog.getByLabel('Type “roll back all” to confirm').fill('roll back all')
  await confirm.click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText(/3\/3 instances on version \d+ after [\d.]+ m?s/).first()).toBeVisible()
  expect(await ask()).toEqual(Array(3).fill('openai'))
  const notice = page.getByRole('status').filter({ hasText: 'rehearsal of a rollback' })
  await expect(notice).toContainText(/First request served: req_\w+ by openai-gpt-4-turbo/)
  await expect(page.getByRole('alert').filter({ hasText: 'Rolled back: all' })).toContainText(
    'Rolled back: all traffic',
  )
  await expect(bar('premium')).toHaveAccessibleName(/intended legacy 100 %/)
})

test('the banner stands on every page, and leads back to the switch', async () => {
  const other = await page.context().newPage()
  await other.goto(`${own.program.url}/audit`)
  await expect(other.getByRole('alert').filter({ hasText: 'Rolled back: all' })).toContainText(
    'Rolled back: all traffic',
  )
  await expect(other.getByRole('row', { name: /Rolled traffic back/ }).first()).toBeVisible()
  await other.getByRole('link', { name: 'See and return it' }).click()
  await expect(other).toHaveURL(/\/traffic$/)
  await other.close()
})

test('it is returned with a typed word, and the history keeps what was proved', async () => {
  await page.getByRole('button', { name: 'Return to Azure…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Return all traffic' })
  await dialog.getByLabel('Reason').fill('rehearsal is over')
  await dialog.getByLabel('Type “return to Azure” to confirm').fill('return to Azure')
  await dialog.getByRole('button', { name: 'Return to Azure', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  expect(await ask()).toEqual(Array(3).fill('azure-openai'))
  const history = page.getByRole('table', { name: 'Earlier rollbacks' }).getByRole('row').nth(1)
  await expect(history).toContainText(/rehearsal of a rollback.*3\/3 instances on version \d+/)
  await expect(history).toContainText(/rehearsal is over.*3\/3 instances.*first request req_/, {
    timeout: 30_000,
  })
  await expect(page.getByRole('alert').filter({ hasText: 'Rolled back: all' })).toHaveCount(0)
})

const bar = (name: string) => page.getByRole('img', { name: new RegExp(`^${name}: `) })

/** Providers of one request to each of the three processes. */
function ask(): Promise<(string | undefined)[]> {
  const urls = [own.program.url, ...others.map(({ url }) => url)]
  return Promise.all(
    urls.map(async (url) => {
      const answer = await page.request.post(`${url}/api/v1/chat/completions`, {
        headers: { authorization: `Bearer ${apiKey}`, 'x-huntaze-operation': 'reply' },
        data: { model: 'premium', max_tokens: 16, messages: [{ role: 'user', content: 'Say hello.' }] },
      })
      expect(answer.status()).toBe(200)
      return answer.headers()['x-huntaze-provider']
    }),
  )
}
