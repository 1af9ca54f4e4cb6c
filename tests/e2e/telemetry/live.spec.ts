import { expect, type Locator, type Page } from '@playwright/test'
import { test } from '#tests/e2e/test'

test('a call from the Playground streams, and shows in Requests and Overview without a reload', async ({
  page: playground,
  context,
}) => {
  const overview = await context.newPage()
  const requests = await context.newPage()
  await Promise.all([overview.goto('/'), requests.goto('/requests'), playground.goto('/playground')])
  await expect(requests.getByRole('status', { name: /Live updates: on/ })).toBeVisible()
  await expect(overview.getByRole('status', { name: /Live updates: on/ })).toBeVisible()
  const before = await requestsShown(overview)
  await Promise.all([mark(overview), mark(requests)])

  await playground
    .getByLabel('Message 1', { exact: true })
    .fill('Write a warm reply to a fan who had a hard week.')
  await playground.getByRole('button', { name: 'Run' }).click()
  const answer = playground.getByRole('region', { name: 'Answer of standard' })
  const lengths = await textLengths(answer)
  expect(lengths.length).toBeGreaterThan(5)
  expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
  await expect(answer.getByText('done')).toBeVisible()
  await expect(fact(answer, 'First token')).toHaveText(/^[\d.,]+ m?s$/)
  await expect(fact(answer, 'Total')).toHaveText(/^[\d.,]+ m?s$/)
  await expect(fact(answer, 'Tokens in / out')).toHaveText(/^\d+ \/ \d+$/)
  await expect(fact(answer, 'Cost')).toHaveText(/^\$0\.\d+$/)
  await expect(fact(answer, 'Served by')).toHaveText('we-standard')
  const id = await requestId(answer)

  const row = requests
    .getByRole('row')
    .filter({ has: requests.getByRole('link', { name: `open request ${id}` }) })
  await expect(row).toContainText('success')
  await expect(row).toContainText('we-standard')
  await expect.poll(() => requestsShown(overview)).toBeGreaterThan(before)
  await expect(overview.getByRole('table').getByRole('link', { name: 'we-standard' })).toBeVisible()
  await Promise.all([expectSameDocument(overview), expectSameDocument(requests)])
})

test('the drawer of a request says why, when, how much, and has a link of its own', async ({
  page,
  context,
  shared,
}) => {
  const answer = await page.request.post('/api/v1/chat/completions', {
    headers: { authorization: `Bearer ${shared.apiKey}` },
    data: {
      model: 'premium',
      max_tokens: 24,
      messages: [{ role: 'user', content: 'Say hello.' }],
      metadata: { creatorId: 'creator_live', operation: 'message_reply' },
    },
  })
  expect(answer.status()).toBe(200)
  const id = answer.headers()['x-request-id'] ?? ''
  await page.goto('/requests?creatorId=creator_live')
  await page.getByRole('link', { name: `open request ${id}` }).click()
  const drawer = page.getByRole('dialog', { name: 'Request' })
  await expectReport(drawer, id)
  expect(page.url()).toContain(`request=${id}`)

  const linked = await context.newPage()
  await linked.goto(page.url())
  await expectReport(linked.getByRole('dialog', { name: 'Request' }), id)
  await linked.getByRole('button', { name: 'Close request' }).click()
  await expect(linked).toHaveURL(/\/requests\?creatorId=creator_live$/)
})

async function expectReport(drawer: Locator, id: string): Promise<void> {
  const attempts = drawer.getByRole('list', { name: 'Attempts' }).getByRole('listitem')
  await expect(attempts).toHaveCount(1)
  await expect(attempts).toContainText('we-premium')
  await expect(attempts).toContainText('HTTP 200')
  await expect(attempts).toContainText(/ended after [\d.,]+ m?s/)
  const reasons = drawer.getByRole('region', { name: 'Why it went there' }).getByRole('listitem')
  await expect(reasons.first()).toContainText('we-premium')
  await expect(drawer.getByRole('region', { name: 'Tokens and cost' })).toContainText(/Price version/)
  await expect(fact(drawer, 'Tokens in / out')).toHaveText(/^\d+ \/ \d+$/)
  await expect(fact(drawer, 'Cost').first()).toHaveText(/^\$0\.\d+$/)
  await expect(drawer.getByRole('region', { name: 'From whom' })).toContainText('creator_live')
  await expect(drawer.getByRole('region', { name: 'Identifiers' })).toContainText(id)
}

/** The definition beside a term. */
function fact(within: Locator, term: string): Locator {
  return within
    .locator('dl > div')
    .filter({ has: within.page().getByText(term, { exact: true }) })
    .getByRole('definition')
}

/** Every length that the answer's text had on the page, in order, until it was whole. */
function textLengths(answer: Locator): Promise<number[]> {
  return answer.evaluate(
    (section) =>
      new Promise<number[]>((resolve) => {
        const lengths: number[] = []
        const look = () => {
          const length = section.querySelector('p')?.textContent.length ?? 0
          if (length !== (lengths.at(-1) ?? 0)) lengths.push(length)
          if (section.getAttribute('aria-busy') === 'true') return
          observer.disconnect()
          resolve(lengths)
        }
        const observer = new MutationObserver(look)
        observer.observe(section, { attributes: true, characterData: true, childList: true, subtree: true })
        look()
      }),
  )
}

async function requestId(answer: Locator): Promise<string> {
  const href = await answer.getByRole('link', { name: 'What happened to this request' }).getAttribute('href')
  return new URLSearchParams(href?.split('?')[1]).get('request') ?? ''
}

/** The number of requests in Overview's tile. */
async function requestsShown(overview: Page): Promise<number> {
  const tile = overview.getByRole('main').getByRole('link', { name: /^Requests/ })
  const words = /([\d,]+) in 15 min/.exec((await tile.textContent()) ?? '')
  return Number(words?.[1]?.replaceAll(',', ''))
}

/** A page that was loaded again has lost its mark. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute('data-kept', ''))
const expectSameDocument = (page: Page) => expect(page.locator('html')).toHaveAttribute('data-kept')
