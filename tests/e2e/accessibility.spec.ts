import { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, expect, type Page } from '@playwright/test'
import { runDemo } from '#server/cli/demo-day'
import { test } from '#tests/e2e/test'

interface View {
  name: string
  path: string
  /** Shown when the view is whole. */
  shown(page: Page): Promise<void>
  visitor?: boolean
}

const heading = (name: string) => async (page: Page) => {
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0)
}
const dialog = (name: string | RegExp) => async (page: Page) => {
  await expect(page.getByRole('dialog', { name })).toBeVisible()
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0)
}

/** Opens a dialog with a button of the page. */
const asked = (button: string, name: string) => async (page: Page) => {
  await page.getByRole('button', { name: button, exact: true }).click()
  await dialog(name)(page)
}

const views: readonly View[] = [
  { name: 'overview', path: '/', shown: heading('Recent incidents') },
  { name: 'requests', path: '/requests', shown: heading('Requests') },
  { name: 'requests without a match', path: '/requests?creatorId=nobody', shown: heading('Requests') },
  { name: 'costs', path: '/costs', shown: heading('Price book') },
  { name: 'new price', path: '/costs?price=new', shown: dialog('Set a price') },
  { name: 'quotas', path: '/quotas', shown: heading('Use against limits') },
  { name: 'set a budget', path: '/quotas', shown: asked('Set budget', 'Set budget') },
  { name: 'override a limit', path: '/quotas', shown: asked('Override a limit', 'Override a limit') },
  {
    name: 'change a plan',
    path: '/quotas',
    shown: asked('Change the plan starter', 'Change the plan starter'),
  },
  { name: 'traffic', path: '/traffic', shown: heading('Rollouts') },
  { name: 'new rollout', path: '/traffic?create=rollout', shown: dialog('New rollout') },
  {
    name: 'the rollback switch',
    path: '/traffic',
    shown: asked('Roll back premium', 'Roll back to the legacy providers'),
  },
  { name: 'experiments', path: '/experiments', shown: heading('Experiments') },
  { name: 'models', path: '/models', shown: heading('Fine-tuning') },
  { name: 'new experiment', path: '/experiments', shown: asked('New experiment', 'New experiment') },
  { name: 'deployments', path: '/deployments', shown: heading('westeurope') },
  { name: 'deployment drawer', path: '/deployments?deployment=we-premium', shown: dialog('we-premium') },
  {
    name: 'isolation of a deployment',
    path: '/deployments?deployment=we-premium',
    shown: asked('Isolate', 'Isolate we-premium'),
  },
  { name: 'region drawer', path: '/deployments?region=westeurope', shown: dialog('westeurope') },
  {
    name: 'fail-over of a region',
    path: '/deployments',
    shown: asked('Fail over westeurope', 'Fail over westeurope'),
  },
  { name: 'alerts', path: '/alerts', shown: heading('Firing') },
  { name: 'alert history', path: '/alerts?view=history', shown: heading('History') },
  { name: 'alert rules', path: '/alerts?view=rules', shown: heading('Rules') },
  { name: 'an alert rule', path: '/alerts?view=rules&rule=budget-80', shown: dialog('Budget used to 80 %') },
  { name: 'alert channels', path: '/alerts?view=channels', shown: heading('Channels') },
  { name: 'new alert channel', path: '/alerts?view=channels&create=channel', shown: dialog('New channel') },
  { name: 'faults', path: '/faults?target=region:westeurope&kind=stall', shown: heading('Active faults') },
  { name: 'playground', path: '/playground?model=premium', shown: heading('Playground') },
  { name: 'access', path: '/access', shown: heading('People') },
  { name: 'create key', path: '/access?create=key', shown: dialog('Create an API key') },
  { name: 'audit', path: '/audit', shown: heading('Legal holds') },
  { name: 'audit entries of the AI', path: '/audit?kind=ai', shown: heading('Entries') },
  { name: 'settings', path: '/settings', shown: heading('Settings') },
  { name: 'a rule of the answer cache', path: '/settings', shown: asked('Add a rule', 'Add a rule') },
  {
    name: 'a request to warm up',
    path: '/settings',
    shown: asked('Add a request', 'Add a request to the warm-up list'),
  },
  { name: 'not found', path: '/no-such-page', shown: heading('There is no such page') },
  { name: 'sign-in', path: '/sign-in', shown: heading('Sign in'), visitor: true },
  { name: 'welcome', path: `/welcome?token=${'x'.repeat(43)}`, shown: heading('Welcome'), visitor: true },
]
const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

test.use({ contextOptions: { reducedMotion: 'reduce' } })
test.beforeAll(async ({ shared }) => {
  const summary = await runDemo({
    url: shared.url,
    key: shared.apiKey,
    requests: 40,
    seed: 7,
    concurrency: 60,
    progress: { write: () => true },
  })
  expect(summary).toContain('0 failed')
})

for (const view of views) {
  test(`${view.name}: axe finds nothing in light and dark, no error is logged, nothing is cut off at 390 pixels`, async ({
    page,
    context,
  }) => {
    await expectSound({ page, context, view })
  })
}

test('an open request: axe finds nothing in light and dark, nothing is cut off at 390 pixels', async ({
  page,
  context,
}) => {
  const list = await page.request.get('/api/admin/requests?outcome=success&limit=1')
  const id: unknown = (await list.json()).rows[0].id
  const view = { name: 'request', path: `/requests?request=${id}`, shown: dialog('Request') }
  await expectSound({ page, context, view })
})

test('an answer in the playground and the open palette: axe finds nothing in light and dark', async ({
  page,
}) => {
  const errors = collectErrors(page)
  await page.goto('/playground?model=economy')
  await page.getByLabel('Message 1', { exact: true }).fill('Say hello.')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(page.getByRole('region', { name: 'Answer of economy' }).getByText('done')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('ControlOrMeta+K')
  await expect(page.getByRole('textbox', { name: 'Page, action, or request id' })).toBeFocused()
  await expectAccessible(page)
  expect(errors).toEqual([])
})

test('the skip link leads past the navigation, and ⌘K leads anywhere', async ({ page }) => {
  await page.goto('/')
  await heading('Recent incidents')(page)
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  await expect(skip).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()

  await page.keyboard.press('ControlOrMeta+K')
  const search = page.getByRole('textbox', { name: 'Page, action, or request id' })
  await expect(search).toBeFocused()
  await page.keyboard.type('deploym')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/deployments$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Deployments' })).toBeVisible()
})

async function expectSound(parts: { page: Page; context: BrowserContext; view: View }): Promise<void> {
  const { page, context, view } = parts
  if (view.visitor) await context.clearCookies()
  const errors = collectErrors(page)
  await page.goto(view.path)
  await view.shown(page)
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 844 })
  const overflowPx = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await expect.poll(overflowPx).toBe(0)
  // The address of a page that is not there is itself a failed load.
  expect(errors.filter((error) => !error.endsWith('/no-such-page'))).toEqual([])
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze()
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    }))
    expect(found, colorScheme).toEqual([])
  }
}

/** Everything the page logs as an error: failed loads, refused by the content policy, thrown and not caught. */
function collectErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return errors
}
