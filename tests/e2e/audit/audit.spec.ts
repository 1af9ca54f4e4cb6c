import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { openDatabase } from '#server/db/open-database'
import { startTimeoutMs } from '#tests/e2e/start-console'
import { adminEnv, signIn } from '#tests/e2e/test'
import { runProgram } from '#tests/support/running-program'

const test = base.extend<{ dataDir: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
  dataDir: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'huntaze-e2e-audit-'))
    await use(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  },
})

test('a row that is tampered with in the database is what verification points at', async ({
  browser,
  playwright,
  dataDir,
}) => {
  test.setTimeout(startTimeoutMs)
  const env = { HUNTAZE_DATA_DIR: dataDir, HUNTAZE_SHUTDOWN_MS: '2000', ...adminEnv }
  const first = await runProgram(env, [])
  const context = await browser.newContext({
    baseURL: first.url,
    storageState: await signIn(playwright, first.url),
  })
  const page = await context.newPage()
  await page.goto('/settings')
  for (const reason of ['one', 'two', 'three']) {
    const answer = await page.request.patch('/api/admin/settings', {
      data: { ledgerRetentionDays: 400 + reason.length, reason: `reason ${reason}` },
      headers: { origin: first.url },
    })
    expect(answer.ok(), await answer.text()).toBe(true)
  }
  await page.goto('/audit')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText(/chain verified to entry/)).toBeVisible()
  await page.getByRole('button', { name: 'Changed the settings' }).first().click()
  const drawer = page.getByRole('dialog', { name: 'Audit entry' })
  await expect(drawer.getByRole('table', { name: 'What changed' })).toContainText('ledgerRetentionDays')
  await expect(drawer).toContainText('reason three')
  await context.close()
  expect(await first.stop('SIGTERM')).toBe(0)

  const db = await openDatabase({ databaseUrl: null, dataDir })
  await db.pool.query('ALTER TABLE audit_entries DISABLE TRIGGER USER')
  await db.pool.query(`UPDATE audit_entries SET reason = 'reason 2' WHERE reason = 'reason two'`)
  await db.pool.query('ALTER TABLE audit_entries ENABLE TRIGGER USER')
  await db.close()

  const second = await runProgram(env, [])
  const again = await browser.newContext({
    baseURL: second.url,
    storageState: await signIn(playwright, second.url),
  })
  const page2 = await again.newPage()
  await page2.goto('/audit')
  await page2.getByRole('button', { name: 'Verify' }).click()
  const verdict = page2.getByText(/Entry \d+: the entry was changed after it was sealed/).first()
  await expect(verdict).toBeVisible()
  await page2.getByRole('button', { name: 'Show the entry' }).click()
  await expect(page2.getByRole('dialog', { name: 'Audit entry' })).toContainText('reason 2')
  await again.close()
  expect(await second.stop('SIGTERM')).toBe(0)
})
