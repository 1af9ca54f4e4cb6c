import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordedFeedback } from '#lib/contracts/feedback'
import { requestDetail } from '#lib/contracts/requests'
import { eraseFeedback } from '#server/experiments/erase-feedback'
import { startGateway, type TestGateway, testAdminKey } from '#tests/support/start-gateway'

let gateway: TestGateway
const admin = { authorization: `Bearer ${testAdminKey}` }

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

async function answer(): Promise<string> {
  const response = await gateway.post('/api/v1/chat/completions', {
    model: 'economy',
    messages: [{ role: 'user', content: 'Hi' }],
    metadata: { creatorId: 'creator_7', fanId: 'fan_9' },
  })
  expect(response.status).toBe(200)
  await response.json()
  return response.headers.get('x-request-id') ?? ''
}

async function rate(body: object, headers?: Record<string, string>) {
  const response = await gateway.post('/api/v1/feedback', body, headers)
  return { status: response.status, body: await response.json() }
}

async function readRequest(id: string) {
  await gateway.container.ledger.caughtUp()
  const { readRequest } = await import('#server/telemetry/read-request')
  return requestDetail.parse(await readRequest(gateway.container.db, id))
}

describe('POST /api/v1/feedback', () => {
  it('keeps a score with its request, and hides what identifies people in the comment', async () => {
    const requestId = await answer()
    const comment = 'Great, write me at fan@example.com'
    const { status, body } = await rate({ requestId, score: 0.8, label: 'tone', comment, rater: 'fan_9' })
    expect(status).toBe(200)
    expect(recordedFeedback.parse(body)).toMatchObject({
      requestId,
      score: 0.8,
      label: 'tone',
      replaced: false,
    })
    const { feedback } = await readRequest(requestId)
    expect(feedback).toHaveLength(1)
    expect(feedback[0]?.comment).not.toContain('fan@example.com')
    const { rows } = await gateway.container.db.pool.query('SELECT * FROM feedback')
    expect(JSON.stringify(rows)).not.toMatch(/fan_9|creator_7|fan@example/)
  })

  it('replaces what the same rater said before, and adds what another says', async () => {
    const requestId = await answer()
    await rate({ requestId, thumb: 'down', rater: 'one' })
    const again = await rate({ requestId, thumb: 'up', rater: 'one' })
    expect(again.body).toMatchObject({ score: 1, replaced: true })
    await rate({ requestId, thumb: 'down', rater: 'two' })
    await rate({ requestId, score: 0.5, kind: 'evaluation' })
    const { feedback } = await readRequest(requestId)
    expect(feedback.map(({ kind, score }) => [kind, score])).toEqual([
      ['user', 1],
      ['user', 0],
      ['evaluation', 0.5],
    ])
  })

  it('counts one rater once, however often they send it at the same time', async () => {
    const requestId = await answer()
    const sent = await Promise.all(
      Array.from({ length: 8 }, (_, index) => rate({ requestId, score: index / 10, rater: 'keen' })),
    )
    expect(sent.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(sent.filter(({ body }) => body.replaced === false)).toHaveLength(1)
    expect((await readRequest(requestId)).feedback).toHaveLength(1)
  })

  it('knows no request of another account, nor one that never was', async () => {
    const requestId = await answer()
    const foreign = await rate({ requestId, score: 1 }, admin)
    expect(foreign.status).toBe(404)
    expect(foreign.body.error).toMatchObject({ code: 'not_found', param: 'requestId' })
    expect((await rate({ requestId: 'req_none', score: 1 })).status).toBe(404)
  })

  it('names the field of what is wrong', async () => {
    const requestId = await answer()
    const wrong: [object, string][] = [
      [{ requestId }, 'score'],
      [{ requestId, score: 1, thumb: 'up' }, 'score'],
      [{ requestId, score: 1.1 }, 'score'],
      [{ requestId, thumb: 'sideways' }, 'thumb'],
      [{ requestId, score: 1, label: '<b>' }, 'label'],
      [{ requestId, score: 1, comment: 'x'.repeat(2_001) }, 'comment'],
      [{ score: 1 }, 'requestId'],
      [{ requestId: 'req_\0', score: 1 }, 'requestId'],
      [{ requestId, score: 1, comment: 'a\0b' }, 'comment'],
      [{ requestId, score: 1, rater: 'half a pair: \ud83d' }, 'rater'],
    ]
    for (const [body, param] of wrong) {
      const { status, body: answered } = await rate(body)
      expect([status, answered.error.param]).toEqual([400, param])
    }
    expect((await readRequest(requestId)).feedback).toEqual([])
  })

  it('takes no more than 50 raters of one request', async () => {
    const requestId = await answer()
    for (let index = 0; index < 50; index += 1) await rate({ requestId, score: 1, rater: `r${index}` })
    expect((await rate({ requestId, score: 1, rater: 'r50' })).status).toBe(409)
    expect((await rate({ requestId, score: 0, rater: 'r3' })).status).toBe(200)
  })

  it('forgets what a fan said, and what was said of a creator’s answers', async () => {
    const requestId = await answer()
    await rate({ requestId, score: 1, rater: 'leaving' })
    await rate({ requestId, score: 0, rater: 'staying' })
    const parts = { db: gateway.container.db, pseudonyms: gateway.container.audit.pseudonyms }
    expect(await eraseFeedback(parts, { kind: 'fan', id: 'leaving' })).toBe(1)
    expect((await readRequest(requestId)).feedback).toMatchObject([{ score: 0 }])
    await eraseFeedback(parts, { kind: 'creator', id: 'creator_7' })
    expect((await readRequest(requestId)).feedback).toEqual([])
  })
})
