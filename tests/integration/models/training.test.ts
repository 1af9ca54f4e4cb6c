import { describe, expect, it } from 'vitest'
import { trainingView } from '#lib/contracts/training'
import { account, creator, startModels } from '#tests/integration/models/start-models'
import { conversationLines, conversations } from '#tests/support/training-worlds'
import { GET as readJob } from '../../../app/api/admin/fine-tuning/[id]/route'
import { POST as consent } from '../../../app/api/admin/training/consents/route'
import { POST as upload } from '../../../app/api/admin/training/examples/route'
import { GET as read } from '../../../app/api/admin/training/route'

const under = startModels()
const training = async () => trainingView.parse(await (await under.call(read)).json())
const handUp = (body: string) => under.call(upload, { body, query: '?reason=import' })

describe('consent and examples', { timeout: 240_000 }, () => {
  it('is no until it is yes, for the creator and for each fan', async () => {
    const refused = await under.handIn(conversations(3))
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      error: { code: 'consent_required', type: 'permission_error' },
    })
    await under.consent()
    expect((await under.handIn(conversations(3), { fanId: 'fan_1' })).status).toBe(403)
    await under.consent({ fanId: 'fan_1' })
    const added = await under.handIn(conversations(3), { fanId: 'fan_1' })
    expect(await added.json()).toEqual({ added: 3, duplicates: 0, refused: 0, redactions: 0 })
    expect(await training()).toMatchObject({ totals: { creators: 1, fans: 1, examples: 3 } })
  })

  it('keeps each example once, without what identifies people', async () => {
    const [first] = conversations(1)
    const spaced = first?.map(({ role, content }) => ({ role, content: `  ${content.toUpperCase()} ` }))
    const contact = [
      { role: 'user', content: 'Write to jane.doe@example.com please' },
      { role: 'assistant', content: 'I will, at +1 212 555 0123!' },
    ]
    const answer = await under.handIn([spaced, contact])
    expect(await answer.json()).toMatchObject({ added: 1, duplicates: 1, redactions: 2 })
    const { rows } = await under.gateway.container.db.pool.query(
      'SELECT messages::text FROM training_examples',
    )
    expect(JSON.stringify(rows)).not.toMatch(/jane\.doe|555/)
  })

  it.each([
    [{ examples: [] }, 'examples'],
    [{ examples: [{ messages: [{ role: 'user', content: 'x' }] }] }, 'messages'],
    [{ creatorId: '' }, 'creatorId'],
  ])('refuses %j, naming the field', async (over, field) => {
    const refused = await under.handIn(conversations(1), over)
    expect(refused.status).toBe(400)
    expect(JSON.stringify(await refused.json())).toContain(field)
  })

  it('refuses what no store keeps, naming the line or the field', async () => {
    for (const text of ['a zero \0', 'half a pair \ud83d']) {
      const messages = [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: text },
      ]
      const file = JSON.stringify({ accountId: account, creatorId: creator, messages })
      const broken = await handUp(
        `${conversationLines(1, { accountId: account, creatorId: creator })}\n${file}`,
      )
      expect(broken.status).toBe(400)
      expect(await broken.json()).toMatchObject({ errors: [{ path: 'line 2: messages.1.content' }] })
      const refused = await under.handIn([messages])
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({
        error: { param: 'examples[0].messages[1].content' },
      })
      expect((await under.consent({ evidence: text })).status).toBe(400)
      expect((await under.call(readJob, { id: text })).status).toBe(400)
    }
  })

  it('takes a file whole or not at all, and leaves out who did not consent', async () => {
    const lines = conversationLines(10, { accountId: account, creatorId: creator })
    const broken = await handUp(`${lines}\n{"accountId": 1}`)
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ errors: [{ path: 'line 11: accountId' }] })
    const before = (await training()).totals.examples
    const stranger = conversationLines(4, { accountId: account, creatorId: 'creator_nobody' })
    const taken = await handUp(`${lines}\n${stranger}\n`)
    expect(await taken.json()).toMatchObject({ added: 7, duplicates: 3, refused: 4 })
    expect((await training()).totals.examples).toBe(before + 7)
    expect((await under.call(upload, { body: {}, query: '?reason=import' })).status).toBe(415)
  })

  it('forgets a fan, and a creator with all their fans, when they withdraw, and audits it without a name', async () => {
    const body = {
      accountId: account,
      creatorId: creator,
      granted: false,
      evidence: 'letter',
      reason: 'asked for it',
    }
    expect(await (await under.call(consent, { body: { ...body, fanId: 'fan_1' } })).json()).toMatchObject({
      examplesRemoved: 3,
    })
    expect((await under.handIn(conversations(3), { fanId: 'fan_1' })).status).toBe(403)
    await under.call(consent, { body })
    expect(await training()).toMatchObject({ totals: { creators: 0, fans: 0, examples: 0 } })
    const { rows } = await under.gateway.container.db.pool.query(
      `SELECT action, subject, after FROM audit_entries WHERE action = 'training.consent' ORDER BY at DESC LIMIT 1`,
    )
    expect(rows[0]).toMatchObject({ after: expect.stringContaining('"granted":false') })
    expect(JSON.stringify(rows)).not.toContain(creator)
  })
})
