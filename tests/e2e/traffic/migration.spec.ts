import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { test as base, type Page, expect as plainExpect } from '@playwright/test'
import { addEnded, type CountsInWork, countsInWork } from '#lib/traffic/rollout-observation'
import { noProgress } from '#lib/traffic/rollout-progress'
import { verifyReport } from '#server/audit/signed-report'
import type { Database } from '#server/db/database'
import { migrate } from '#server/db/migrate'
import { openDatabase } from '#server/db/open-database'
import { type StartedConsole, startConsole, startTimeoutMs } from '#tests/e2e/start-console'
import { adminEnv, signIn } from '#tests/e2e/test'
import { copyTemplate } from '#tests/support/databases'
import { writeToPair } from '#tests/support/dual-worlds'
import { pairStream } from '#tests/support/registered-pair'
import { plainPlan } from '#tests/support/rollout-plans'

/** Rendering takes its time on a small machine. */
const expect = plainExpect.configure({ timeout: 30_000 })

const hook = pathToFileURL(join(import.meta.dirname, '../../support/register-pair.ts')).href

/** A console over a store that moves, a route that leaves its old provider, and one that has left it. */
const test = base.extend<object, { own: StartedConsole }>({
  own: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for the braces.
    async ({}, use) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'huntaze-e2e-migration-'))
      await fill(dataDir)
      const own = await startConsole({
        ...adminEnv,
        HUNTAZE_DATA_DIR: dataDir,
        NODE_OPTIONS: `--import=${hook}`,
      })
      await use(own)
      await own.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
    { scope: 'worker', timeout: startTimeoutMs },
  ],
  baseURL: ({ own }, use) => use(own.program.url),
  storageState: async ({ own, playwright }, use) => use(await signIn(playwright, own.program.url)),
})

async function fill(dataDir: string): Promise<void> {
  await copyTemplate(dataDir)
  const db = await openDatabase({ databaseUrl: null, dataDir })
  await migrate(db)
  for (let n = 0; n < 60; n += 1)
    await writeToPair(db, pairStream, {
      accountId: `acc_${n % 4}`,
      id: `mem_${n}`,
      state: 'live',
      body: `{"n":${n}}`,
    })
  await db.pool.query(
    `INSERT INTO dual_mismatches VALUES ('acc_1', $1, 'mem_1', 'content', 'shadow_read', now(), NULL),
       ('acc_1', $1, 'mem_5', 'behind', 'shadow_read', now(), now())`,
    [pairStream],
  )
  await addCompletedRollout(db)
  await db.close()
}

function side(requests: number, latencyMs: number): CountsInWork {
  const counts = countsInWork()
  for (let n = 0; n < requests; n += 1)
    addEnded(counts, {
      ...{ cancelled: false, error: n % 50 === 0, refused: n % 90 === 0, newUnit: true },
      ...{ latencyMs: latencyMs + n, firstTokenMs: null, costNanoUsd: 2_400_000 },
    })
  return counts
}

async function addCompletedRollout({ pool }: Database): Promise<void> {
  const stored = { baseline: side(900, 2_400), candidate: side(700, 1_500) }
  await pool.query(
    `INSERT INTO rollouts (id, tier, operation, baseline, candidate, plan, salt, pre_flight, phase, step, version, visit,
       step_since, changed_at, reason, created_at, created_by, started_at, progress)
     VALUES ('rol_left', 'economy', NULL, '"legacy"', NULL, $1, 'salt', $2, 'completed', 2, 7, 6,
       now() - interval '9 days', now() - interval '2 days', 'every gate of the last step is met',
       now() - interval '20 days', 'usr_1', now() - interval '20 days', $3)`,
    [
      JSON.stringify(plainPlan),
      JSON.stringify({ passes: true, requests: 0, findings: [] }),
      JSON.stringify({ ...noProgress, stored }),
    ],
  )
  await pool.query(
    `INSERT INTO rollout_events (rollout_id, version, at, command, from_phase, to_phase, from_step, to_step,
       from_weight_bps, to_weight_bps, reason)
     VALUES ('rol_left', 7, now() - interval '2 days', 'complete', 'running', 'completed', 2, 2, 10000, 10000, 'done')`,
  )
}

async function order(page: Page, button: string, dialogName: RegExp, verb: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: dialogName })
  await dialog.getByLabel('Reason').fill('memories move')
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await expect(dialog).toBeHidden()
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

test('a store that moves is switched on, copied, found to differ and repaired', async ({ page }) => {
  await page.goto('/traffic')
  const stream = page.getByRole('region', { name: `Dual-write of ${pairStream}` })
  await expect(stream.getByText('Dual-write is off.', { exact: false })).toBeVisible()
  await order(page, 'Turn on…', /^Turn on: memories/, 'Turn on')
  const switches = stream.getByRole('table', { name: 'Switches of memories' })
  await expect(switches.getByRole('row', { name: /every account/ })).toContainText('not started')
  await order(page, 'Start copy: every account', /^Start copy/, 'Start copy')
  await expect(switches.getByRole('row', { name: /every account/ })).toContainText('ended', {
    timeout: 30_000,
  })
  await expect(switches.getByRole('row', { name: /every account/ })).toContainText('60')
  await order(page, 'Repair: every account', /^Compare and repair/, 'Compare and repair')
  await expect(stream.getByText('clean', { exact: true })).toBeVisible({ timeout: 30_000 })
  const differences = stream.getByRole('table', { name: 'Differences of memories' })
  await expect(differences.getByRole('row', { name: /content/ })).toContainText('another content')
  await stream.getByText('Last comparisons, by account').click()
  await expect(stream.getByRole('table', { name: 'Comparisons of memories' })).toContainText('acc_3')
  await expectAccessible(page)
})

test('a route that leaves its old provider shows its checklist, which leaves as a signed report', async ({
  page,
  own,
}) => {
  await page.goto('/traffic')
  const made = await page.request.post('/api/admin/rollouts', {
    headers: { origin: own.program.url },
    data: { tier: 'premium', plan: plainPlan, start: true, reason: 'leave the old provider' },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const route = page.getByRole('region', { name: 'Cutover of tier premium' })
  const criterion = (name: RegExp) => route.getByRole('row', { name })
  // Of several routes the criteria are folded away.
  await route.getByRole('button', { name: 'Criteria', expanded: false }).click()
  await expect(criterion(/^Parity of answers/)).toContainText('no data')
  await expect(criterion(/^Last backup/)).toContainText('npm run backup')
  await expect(criterion(/^Dual-write/)).toContainText('1')
  await expect(criterion(/^Time at 100 %/)).toContainText('not met')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    route.getByRole('link', { name: 'Signed report' }).click(),
  ])
  const report = verifyReport(await readFile(await download.path(), 'utf8'))
  expect(report).toMatchObject({ ok: true, report: { tier: 'premium', status: 'not_ready' } })
  await expectAccessible(page)
})

test('a route that left its old provider is held against what it was', async ({ page }) => {
  await page.goto('/traffic')
  const route = page.getByRole('region', { name: 'After the cutover of tier economy' })
  const latency = route.getByRole('row', { name: /^Latency p95/ })
  await expect(latency).toContainText('3.')
  await expect(latency).toContainText('−3')
  await expect(route.getByText('No user has rated an answer of this route.')).toBeVisible()
  const csv = await page.request.get('/api/admin/migration/after.csv')
  expect(await csv.text()).toContain('rol_left,economy,,latency_p95,ms,')
})

test('how often stores are compared, and what the checklist asks, is a setting', async ({ page }) => {
  await page.goto('/settings')
  const panel = page.getByRole('region', { name: 'Migration' })
  await panel.getByLabel('Stores are compared every, hours').fill('12')
  await panel.getByLabel('Oldest backup, hours').fill('48')
  await panel.getByRole('button', { name: 'Change migration' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change migration' })
  await dialog.getByLabel('Reason').fill('twice a day is enough')
  await dialog.getByRole('button', { name: 'Change migration' }).click()
  await expect(dialog).toBeHidden()
  await expectAccessible(page)
  await page.goto('/traffic')
  await expect(page.getByText('compared and repaired every 12 h')).toBeVisible()
  const route = page.getByRole('region', { name: 'Cutover of tier economy' })
  await route.getByRole('button', { name: 'Criteria', expanded: false }).click()
  await expect(route.getByRole('row', { name: /^Last backup/ })).toContainText('≤ 48 h')
})
