import { AxeBuilder } from '@axe-core/playwright'
import { type Locator, type Page, expect as plainExpect } from '@playwright/test'
import { type SharedConsole, test } from '#tests/e2e/test'

/** The traffic takes its part of a small machine. */
const expect = plainExpect.configure({ timeout: 60_000 })

test('a rollout begins in the shadow: pairs, their differences and their cost are shown, and it stops at its cap', async ({
  page,
  shared,
}) => {
  test.setTimeout(300_000)
  await page.goto('/traffic')
  await page.getByRole('button', { name: 'New rollout' }).click()
  const dialog = page.getByRole('dialog', { name: 'New rollout' })
  await dialog.getByRole('combobox', { name: 'Tier' }).click()
  await page.getByRole('option', { name: 'premium' }).click()
  await dialog.getByLabel('Requests mirrored, %').fill('100')
  await dialog.getByLabel('At most, USD').fill('0')
  await expect(
    dialog.getByText(/serves all of tier premium, and 100 % of its requests are asked of/),
  ).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('see what Azure would say')
  await dialog.getByRole('button', { name: 'Start rollout' }).click()
  await expect(dialog.getByRole('alert')).toContainText('capPicoUsd')
  // Room for a few answers of 40 tokens.
  await dialog.getByLabel('At most, USD').fill('0.01')
  await dialog.getByRole('button', { name: 'Start rollout' }).click()
  await expect(dialog).toBeHidden()

  const rollout = page.getByRole('region', { name: 'Rollout of tier premium' })
  try {
    const shadow = rollout.getByRole('region', { name: 'Shadow' })
    await expect(shadow.getByText('No pair yet')).toBeVisible()
    for (let round = 0; round < 6; round += 1) await ask(shared, `Suggest offer number ${round}.`)
    const pairs = shadow.getByRole('table', { name: /^Pairs/ }).getByRole('row')
    await expect(pairs.nth(2)).toBeVisible()
    await filterOneAnswer(page, shared)
    const bars = shadow.getByRole('list', { name: 'Pairs by difference' }).getByRole('button')
    await bars.filter({ hasText: 'no answer' }).click()
    await expect(bars.first()).toHaveAttribute('aria-pressed', 'true')
    await expect(pairs).toHaveCount(2)
    await expect(pairs.nth(1)).toContainText('no answer')
    await bars.first().click()

    for (let round = 0; round < 40; round += 1) {
      await ask(shared, `Suggest gift number ${round}.`)
      if (await shadow.getByText(/stopped at its cap/).isVisible()) break
    }
    await expect(shadow.getByText(/stopped at its cap/)).toBeVisible()
    await expect(rollout.getByText('held', { exact: true }).first()).toBeVisible()
    await shadow.getByRole('button', { name: 'Change cap' }).click()
    const cap = page.getByRole('dialog', { name: /^Change cap/ })
    await cap.getByLabel('Cap, USD').fill('5')
    await cap.getByRole('textbox', { name: 'Reason' }).fill('worth five dollars')
    await cap.getByRole('button', { name: 'Change cap' }).click()
    await expect(cap).toBeHidden()
    await expect(shadow.getByText(/stopped at its cap/)).toBeHidden()
    await expect(shadow.getByText('Spent of $5.00')).toBeVisible()

    const csv = await page.request.get(
      (await shadow.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? '',
    )
    expect(await csv.text()).toMatch(/^started_at_utc,request_id,mirror_request_id/)
    await readable(page, shadow)
    await shadow
      .getByRole('link', { name: /^The mirror req_/ })
      .first()
      .click()
    await expect(page).toHaveURL(/\/requests\?request=req_/)
    await expect(page.getByText(/mirrors req_.* in the shadow of rollout/).first()).toBeVisible()
  } finally {
    await page.goto('/traffic')
    await end(page, rollout)
  }
})

/** The candidate's filter refuses what the baseline answers. */
async function filterOneAnswer(page: Page, shared: SharedConsole): Promise<void> {
  const [origin, path] = [shared.url, '/api/admin/simulator/faults']
  const data = { deployment: 'gpt-4-turbo-prod', kind: 'content_filter', expiresAtMs: Date.now() + 60_000 }
  expect((await page.request.post(path, { headers: { origin }, data })).ok()).toBe(true)
  await ask(shared, 'Suggest something daring.')
  const failed = page.getByRole('list', { name: 'Pairs by difference' }).getByText('no answer')
  await expect(failed).toBeVisible()
  await page.request.delete(`${path}/${data.deployment}`, { headers: { origin } })
}

/** Axe finds nothing in light and dark, and nothing is cut off at 390 pixels. */
async function readable(page: Page, shadow: Locator): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    await shadow.screenshot({ path: test.info().outputPath(`shadow-${colorScheme}.png`) })
  }
  const size = page.viewportSize()
  await page.setViewportSize({ width: 390, height: 844 })
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(390)
  await shadow.screenshot({ path: test.info().outputPath('shadow-390.png') })
  if (size) await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: 'light' })
}

async function ask({ url, apiKey }: SharedConsole, content: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'premium', max_tokens: 40, messages: [{ role: 'user', content }] }),
  })
  await answer.text()
}

/** Leaves the traffic as other files expect it. */
async function end(page: Page, rollout: Locator): Promise<void> {
  for (const [verb, word] of [
    ['Abort', null],
    ['Retire', 'retire'],
  ] as const) {
    await rollout.getByRole('button', { name: verb }).click()
    const dialog = page.getByRole('dialog', { name: new RegExp(`^${verb}`) })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('it is over')
    if (word) await dialog.getByLabel('Type “retire” to confirm').fill(word)
    await dialog.getByRole('button', { name: verb }).click()
    await expect(dialog).toBeHidden()
  }
  await expect(rollout).toBeHidden()
}
