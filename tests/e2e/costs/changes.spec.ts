import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect } from '@playwright/test'
import { addDays, dayMs, dayStartMs, utcDay } from '#lib/costs/utc-day'
import { migrate } from '#server/db/migrate'
import { openDatabase } from '#server/db/open-database'
import { type StartedConsole, startConsole, startTimeoutMs } from '#tests/e2e/start-console'
import { adminEnv, signIn } from '#tests/e2e/test'
import { bookInto } from '#tests/support/book-records'
import { changedCosts } from '#tests/support/changed-costs'
import { copyTemplate } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'
import { exportFile, exportLine } from '#tests/support/usage-exports'

const invoicedDay = addDays(utcDay(Date.now()), -20)

/** A console over costs that changed two days ago, and an invoiced day before that. */
const test = base.extend<object, { own: StartedConsole }>({
  own: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
    async ({}, use) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'huntaze-e2e-costs-'))
      await fillCosts(dataDir)
      const own = await startConsole({ ...adminEnv, HUNTAZE_DATA_DIR: dataDir })
      await use(own)
      await own.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: startTimeoutMs },
  ],
  baseURL: ({ own }, use) => use(own.program.url),
  storageState: async ({ own, playwright }, use) => use(await signIn(playwright, own.program.url)),
})

async function fillCosts(dataDir: string): Promise<void> {
  await copyTemplate(dataDir)
  const db = await openDatabase({ databaseUrl: null, dataDir })
  await migrate(db)
  const nowMs = Date.now()
  const changedAtMs = dayStartMs(addDays(utcDay(nowMs), -2)) + dayMs / 2
  const invoiced = Array.from({ length: 100 }, (_, index) =>
    aRecord(`req_invoiced_${index}`, {
      startedAtMs: dayStartMs(invoicedDay) + index,
      ...{ creatorId: 'cr_calm', model: 'gpt-4o', costPicoUsd: '700000000' },
    }),
  )
  await bookInto(db, [...changedCosts({ nowMs, changedAtMs }), ...invoiced])
  await db.close()
}

test('what changed says who, since when and why, leads to the requests, and is dismissed with a reason', async ({
  page,
}) => {
  await page.goto('/costs')
  const list = page.getByRole('list', { name: 'Anomalies' })
  const item = list.getByRole('listitem').filter({ hasText: 'Creator cr_busy:' })
  await expect(item).toContainText('because requests rose from 12 to', { timeout: 20_000 })
  await expect(list).not.toContainText('cr_calm')
  await item.getByRole('button', { name: 'Why' }).click()
  await expect(item.getByRole('table', { name: 'Why cr_busy changed' })).toContainText('Requests')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations).toEqual([])

  await item.getByRole('button', { name: 'Dismiss the anomaly of cr_busy' }).click()
  const dialog = page.getByRole('dialog', { name: 'Dismiss the anomaly of cr_busy' })
  await dialog.getByLabel('Reason').fill('a campaign')
  await dialog.getByRole('button', { name: 'Dismiss' }).click()
  await expect(item).toContainText('Dismissed by you')
  await expect(item).toContainText('a campaign')
  await item.getByRole('button', { name: 'Restore the anomaly of cr_busy' }).click()
  const back = page.getByRole('dialog', { name: 'Restore the anomaly of cr_busy' })
  await back.getByLabel('Reason').fill('it is over')
  await back.getByRole('button', { name: 'Restore' }).click()
  await expect(item.getByRole('button', { name: 'Dismiss the anomaly of cr_busy' })).toBeVisible()

  await page.getByText('Week on week').click()
  await expect(page.getByRole('list', { name: 'Week on week' })).toContainText('in the last 7 days')
  await page.getByText(/^Anomalies/).click()
  await item.getByRole('link', { name: 'Requests' }).click()
  await expect(page).toHaveURL(/\/requests\?.*creatorId=cr_busy/)
})

test('an export is imported from the browser, its variance is explained, and it is removed again', async ({
  page,
}) => {
  const lines = [
    exportLine({ day: invoicedDay, meterName: 'gpt 4o 1120 Inp glbl Tokens', quantity: '8', cost: '0.02' }),
    exportLine({
      day: invoicedDay,
      meterName: 'gpt 4o 1120 cached Inp glbl Tokens',
      quantity: '2',
      cost: '0.0025',
    }),
    exportLine({ day: invoicedDay, meterName: 'gpt 4o 1120 Outp glbl Tokens', quantity: '5', cost: '0.2' }),
  ]
  const upload = async (name: string, text: string) => {
    await page.getByRole('button', { name: 'Import an export' }).click()
    const dialog = page.getByRole('dialog', { name: 'Import a usage export' })
    const chooser = page.waitForEvent('filechooser')
    await dialog.getByRole('button', { name: 'File' }).click()
    await (await chooser).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await dialog.getByLabel('Reason').fill('the monthly check')
    await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(dialog).toBeHidden()
  }
  await page.goto('/costs')
  await expect(page.getByText('No invoice was imported yet')).toBeVisible({ timeout: 20_000 })
  await upload('broken.csv', exportFile([...lines, 'team,too,few']))
  const imports = page.getByRole('table', { name: 'Imports' })
  await expect(imports.getByRole('row', { name: /broken\.csv/ })).toContainText(
    'Line 5: 3 fields where the header has 12',
  )

  await upload('october.csv', exportFile(lines))
  await expect(imports.getByRole('row', { name: /october\.csv/ })).toContainText('Imported')
  const variance = page.getByRole('table', { name: 'Variance by day and meter' })
  await expect(variance).toContainText('Price change')
  await expect(variance).toContainText('the invoice charges $40.00 a million, the price book says $10.00')
  await expect(page.getByText('over the 2.0 % that alerts')).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations).toEqual([])
  await variance
    .getByRole('link', { name: /^requests of gpt-4o on/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/requests\?.*model=gpt-4o/)
  await page
    .getByRole('link', { name: /open request req_invoiced_/ })
    .first()
    .click()
  await expect(page.getByRole('dialog', { name: 'Request' })).toContainText('req_invoiced_')

  await page.goto('/costs')
  await imports.getByRole('button', { name: 'Remove october.csv' }).click()
  const removal = page.getByRole('dialog', { name: 'Remove october.csv' })
  await removal.getByLabel('Reason').fill('the wrong month')
  await removal.getByRole('button', { name: 'Remove' }).click()
  await expect(imports.getByRole('row', { name: /october\.csv/ })).toHaveCount(0)
})
