import { type Locator, type Page, expect as plainExpect } from '@playwright/test'
import { runDemo } from '#server/cli/demo-day'
import { type SharedConsole, test } from '#tests/e2e/test'

/** The traffic takes its part of a small machine. */
const expect = plainExpect.configure({ timeout: 60_000 })

test('a rollout is made, approved to 50 %, and rolls itself back when its candidate fails', async ({
  page,
  shared,
}) => {
  test.setTimeout(600_000)
  const traffic = keepTrafficRunning(shared)
  try {
    await page.goto('/traffic')
    await page.getByRole('button', { name: 'New rollout' }).click()
    const dialog = page.getByRole('dialog', { name: 'New rollout' })
    await dialog.getByRole('combobox', { name: 'Tier' }).click()
    await page.getByRole('option', { name: 'economy' }).click()
    await expect(dialog.getByText('The target takes the traffic')).toBeVisible()
    await dialog.getByLabel('Reason').fill('Azure is ready for economy')

    // The standard plan begins in the shadow; this one with callers.
    await expect(dialog.getByRole('group', { name: 'Step 4' }).getByLabel('Share, %')).toHaveValue('100')
    await dialog.getByRole('button', { name: 'Remove step 1' }).click()
    await dialog.getByRole('group', { name: 'Step 2' }).getByLabel('Share, %').fill('5')
    await dialog.getByRole('button', { name: 'Start rollout' }).click()
    await expect(dialog.getByRole('alert')).toContainText('plan.steps[1].weightBps')
    await dialog.getByRole('group', { name: 'Step 2' }).getByLabel('Share, %').fill('50')
    for (const step of [1, 2, 3]) {
      const fields = dialog.getByRole('group', { name: `Step ${step}` })
      await fields.getByLabel('Requests').fill('5')
      await fields.getByLabel('Minutes').fill('0')
    }
    // How fast a busy machine answers says nothing of the candidate.
    for (const name of ['Latency p95', 'First token p95', 'Refusals', 'Cost per request', 'Quality'])
      await dialog.getByRole('checkbox', { name }).uncheck()
    await dialog.getByRole('button', { name: 'Start rollout' }).click()
    await expect(dialog).toBeHidden()

    const rollout = page.getByRole('region', { name: 'Rollout of tier economy' })
    await expect(rollout.getByRole('listitem').filter({ hasText: '10 %' }).first()).toHaveAttribute(
      'aria-current',
      'step',
    )
    const approve = rollout.getByRole('button', { name: 'Approve 50 %' })
    await expect(approve).toBeEnabled({ timeout: 90_000 })
    await expect(rollout.getByText('waits for approval').first()).toBeVisible()
    await approve.click()
    const approval = page.getByRole('dialog', { name: /Approve 50 %/ })
    await approval.getByLabel('Reason').fill('the gates are met')
    await approval.getByRole('button', { name: 'Approve 50 %' }).click()
    await expect(approval).toBeHidden()
    await expect(rollout.getByRole('listitem').filter({ hasText: '50 %' }).first()).toHaveAttribute(
      'aria-current',
      'step',
    )

    await scriptFault(page, shared)
    await expect(rollout.getByText('rolled back').first()).toBeVisible({ timeout: 120_000 })
    await expect(
      rollout.getByText(/^Errors: .* against .*; evidence of harm \d+ % of what rolls back$/).first(),
    ).toBeVisible()
    const chart = rollout.getByRole('figure', { name: /^Evidence of harm/ })
    await expect(chart.getByText('Rolls back')).toBeVisible()
    // One reading is a dot, several are a line.
    await expect(
      chart.locator('circle, path.recharts-line-curve').filter({ visible: true }).first(),
    ).toBeVisible()
    const history = rollout.getByRole('list', { name: 'History' }).getByRole('listitem')
    await expect(history.first()).toContainText('50 % → 0 %')
    await expect(history.first()).toContainText('by itself')
    await expect(history.last()).toContainText('Azure is ready for economy')

    await retire(page, rollout)
  } finally {
    await traffic.stop()
    await clearFault(page, shared)
  }
})

const fault = { deployment: 'gpt-35-turbo-prod', kind: 'server_error' }

async function scriptFault(page: Page, { url }: SharedConsole): Promise<void> {
  const answer = await page.request.post('/api/admin/simulator/faults', {
    headers: { origin: url },
    data: { ...fault, expiresAtMs: Date.now() + 240_000 },
  })
  expect(answer.ok(), await answer.text()).toBe(true)
}

/** Leaves the deployments as other files expect them. */
async function clearFault(page: Page, { url }: SharedConsole): Promise<void> {
  const headers = { origin: url }
  await page.request.delete(`/api/admin/simulator/faults/${fault.deployment}`, { headers })
  for (const id of ['we-economy', 'ne-economy'])
    await page.request.post(`/api/admin/deployments/${id}/close`, {
      headers,
      data: { reason: 'the fault is gone' },
    })
}

async function retire(page: Page, rollout: Locator): Promise<void> {
  await rollout.getByRole('button', { name: 'Retire' }).click()
  const dialog = page.getByRole('dialog', { name: /^Retire/ })
  await dialog.getByLabel('Reason').fill('it is over')
  await dialog.getByLabel('Type “retire” to confirm').fill('retire')
  await dialog.getByRole('button', { name: 'Retire' }).click()
  await expect(rollout).toBeHidden()
  const row = page.getByRole('table', { name: 'All rollouts' }).getByRole('row', { name: /tier economy/ })
  await expect(row.first()).toContainText('retired')
}

/** The demo's day, again and again, and economy requests of many creators beside it: its own are too few to be split. */
function keepTrafficRunning({ url, apiKey: key }: SharedConsole) {
  let stopped = false
  let creator = 0
  const quiet = { write: () => true }
  const demo = async () => {
    for (let seed = 1; !stopped; seed += 1)
      await runDemo({ url, key, requests: 30, seed, concurrency: 4, progress: quiet })
  }
  const pilot = async () => {
    while (!stopped) {
      creator += 1
      await ask({ url, key, creatorId: `creator_pilot_${creator}` })
    }
  }
  const running = Promise.all([demo(), ...Array.from({ length: 4 }, pilot)])
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}

async function ask({ url, key, creatorId }: { url: string; key: string; creatorId: string }): Promise<void> {
  const answer = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'economy',
      max_tokens: 12,
      messages: [{ role: 'user', content: 'Suggest an offer.' }],
      metadata: { creatorId, operation: 'sales_suggestion' },
    }),
  })
  await answer.text()
}
