import { AxeBuilder } from '@axe-core/playwright'
import { type APIRequestContext, expect } from '@playwright/test'
import { type SharedConsole, test } from '#tests/e2e/test'

/** Posts to the console's API as its operator; what it answers, `{}` for nothing. */
function sender(request: APIRequestContext, { url }: SharedConsole) {
  return async (path: string, data: object) => {
    const answer = await request.post(`/api/admin/${path}`, { data, headers: { origin: url } })
    const text = await answer.text()
    expect(answer.ok(), text).toBe(true)
    return text === '' ? {} : JSON.parse(text)
  }
}

test('a version is tried against its base in an experiment, and the winner brought to everybody by a rollout', async ({
  page,
  request,
  shared,
}) => {
  test.setTimeout(180_000)
  const mark = String(Date.now())
  const send = sender(request, shared)
  const reason = 'worth a try'
  const { versions } = await (await request.get('/api/admin/models')).json()
  const base = versions.find(
    ({ model, kind }: Record<string, string>) => model === 'gpt-35-turbo' && kind === 'base',
  )
  const { id } = await send('models', {
    kind: 'prompt',
    name: `warm-${mark}`,
    baseVersionId: base.id,
    prompt: 'Be warm.',
    reason,
  })
  await send(`models/${id}/deploy`, { region: 'westeurope', reason })
  const deployed = async () => {
    const answer = await (await request.get('/api/admin/models')).json()
    return answer.versions.find((one: { id: string }) => one.id === id)?.deployments[0]?.id ?? null
  }
  await expect.poll(deployed, { timeout: 30_000 }).not.toBeNull()
  const deploymentId = await deployed()

  await page.goto(`/models?version=${id}`)
  await page.getByRole('link', { name: /^Try against .* in an experiment$/ }).click()
  const dialog = page.getByRole('dialog', { name: 'New experiment' })
  await expect(dialog.getByLabel('Name').first()).toHaveValue(new RegExp(`warm-${mark}`))
  await expect(dialog).toContainText(deploymentId)
  await dialog.getByLabel('Operation').fill(`promoted-${mark}`)
  await dialog.getByLabel('Reason').fill(reason)
  await dialog.getByRole('button', { name: 'Start experiment' }).click()
  await expect(dialog).toBeHidden()
  const experimentId = new URL(page.url()).searchParams.get('experiment') ?? ''
  const { version } = await (await request.get(`/api/admin/experiments/${experimentId}`)).json()
  await send(`experiments/${experimentId}/conclude`, { version, variant: 'tuned', reason })

  await page.reload()
  await page.getByRole('link', { name: 'Open a rollout that brings it to everybody' }).click()
  const rollout = page.getByRole('dialog', { name: 'New rollout' })
  await expect(rollout.getByLabel('Operation')).toHaveValue(`promoted-${mark}`)
  await expect(rollout).toContainText(deploymentId)
  await rollout.getByLabel('Reason').fill('it won')
  await rollout.getByRole('button', { name: 'Start rollout' }).click()
  await expect(rollout).toBeHidden()

  await page.goto(`/experiments?experiment=${experimentId}`)
  await expect(page.getByRole('link', { name: /^Rollout rol_\w+ brings it to everybody$/ })).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

  const { rolloutId } = await (await request.get(`/api/admin/experiments/${experimentId}`)).json()
  for (const command of ['abort', 'retire']) {
    const seen = await (await request.get(`/api/admin/rollouts/${rolloutId}`)).json()
    await send(`rollouts/${rolloutId}/orders`, { command, version: seen.version, reason })
  }
  await send(`models/deployments/${deploymentId}/remove`, { reason })
})

test('a prompt that won becomes a version, for which the form of a rollout opens', async ({
  page,
  request,
  shared,
}) => {
  test.setTimeout(120_000)
  const mark = String(Date.now())
  const send = sender(request, shared)
  const reason = 'shorter is better'
  const variants = [
    { name: 'control', weightBps: 5_000 },
    {
      name: 'brief',
      weightBps: 5_000,
      overrides: { systemPrompt: { mode: 'append', text: 'Be brief.' } },
    },
  ]
  const target = { tier: 'economy', operation: `brief-${mark}` }
  const { id } = await send('experiments', {
    plan: { name: `Brief ${mark}`, primaryMetric: 'cost', target, variants },
    start: true,
    reason,
  })
  const { version } = await (await request.get(`/api/admin/experiments/${id}`)).json()
  await send(`experiments/${id}/conclude`, { version, variant: 'brief', reason })

  await page.goto(`/experiments?experiment=${id}`)
  await page.getByRole('button', { name: 'Make it a version and open a rollout' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make the winner a version' })
  await dialog.getByLabel('Reason').fill(reason)
  await dialog.getByRole('button', { name: 'Make it a version' }).click()
  const rollout = page.getByRole('dialog', { name: 'New rollout' })
  await expect(rollout.getByLabel('Operation')).toHaveValue(target.operation)
  await expect(rollout).toContainText(`brief-${mark}-brief-v1`)
  const { versions } = await (await request.get('/api/admin/models')).json()
  const made = versions.filter(({ name }: { name: string }) => name === `Brief ${mark} brief`)
  expect(made).toHaveLength(1)
  for (const { id: deployment } of made[0].deployments)
    await send(`models/deployments/${deployment}/remove`, { reason })
})
