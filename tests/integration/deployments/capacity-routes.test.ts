import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { capacityChangeView, capacityView } from '#lib/contracts/capacity'
import { startGateway, type TestGateway, testAdminKey, testApiKey } from '#tests/support/start-gateway'
import { POST as apply } from '../../../app/api/admin/capacity/[id]/apply/route'
import { POST as dismiss } from '../../../app/api/admin/capacity/[id]/dismiss/route'
import { GET } from '../../../app/api/admin/capacity/route'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

const request = (path: string, body?: unknown, key = testAdminKey) =>
  new Request(`${gateway.url}/api/admin/capacity${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
const context = (id: string) => ({ params: Promise.resolve({ id }) })
const post = (act: typeof apply, id: string, body: unknown) => act(request(`/${id}`, body), context(id))

async function capacity() {
  const response = await GET(request(''))
  expect(response.status).toBe(200)
  return capacityView.parse(await response.json())
}

describe('the capacity routes', () => {
  it('list Azure’s deployments, and nothing that has not happened', async () => {
    const { lines, history } = await capacity()
    expect(lines.map(({ deploymentId }) => deploymentId)).toEqual([
      'we-premium',
      'we-standard',
      'we-economy',
      'we-embeddings',
      'ne-premium',
      'ne-standard',
      'ne-economy',
      'ne-embeddings',
    ])
    expect(lines[0]).toMatchObject({ currentUnits: 80, unit: 'kTPM', applicable: true, change: null })
    expect(history).toEqual([])
  })

  it('begin a change and tell how it ends', async () => {
    const begun = await post(apply, 'we-premium', { toUnits: 100, reason: 'campaign on Friday' })
    expect(begun.status).toBe(200)
    const change = capacityChangeView.parse(await begun.json())
    expect(change).toMatchObject({
      state: 'applying',
      fromUnits: 80,
      toUnits: 100,
      actorId: expect.any(String),
    })
    await expect
      .poll(async () => (await capacity()).history[0])
      .toMatchObject({ id: change.id, state: 'applied' })
    const again = await post(apply, 'we-premium', { toUnits: 120, reason: 'more of it' })
    expect(again.status).toBe(409)
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it.each([
    ['a size of nothing', 'we-premium', { toUnits: 0, reason: 'because' }, 400, 'toUnits'],
    ['no reason', 'we-premium', { toUnits: 90 }, 400, 'reason'],
    ['what it has', 'we-standard', { toUnits: 80, reason: 'because' }, 400, 'toUnits'],
    ['an unknown deployment', 'nobody', { toUnits: 80, reason: 'because' }, 404, 'nobody'],
  ])('refuse %s', async (_name, id, body, status, named) => {
    const response = await post(apply, id, body)
    expect(response.status).toBe(status)
    expect(await response.text()).toContain(named)
  })

  it('have nothing to dismiss where nothing is recommended', async () => {
    const refused = await post(dismiss, 'we-standard', { reason: 'because' })
    expect(refused.status).toBe(409)
    expect((await post(dismiss, 'nobody', { reason: 'because' })).status).toBe(404)
    expect((await post(dismiss, 'we-standard', {})).status).toBe(400)
  })

  it('are closed to keys of the data plane', async () => {
    expect((await GET(request('', undefined, testApiKey))).status).toBe(403)
    const body = { toUnits: 90, reason: 'because' }
    expect((await apply(request('/we-economy', body, testApiKey), context('we-economy'))).status).toBe(403)
  })
})
