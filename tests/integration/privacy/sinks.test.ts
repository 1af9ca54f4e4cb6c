import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedactor } from '#server/privacy/redactor'
import { exportRequests } from '#server/telemetry/export-requests'
import { createLog } from '#server/telemetry/log'
import { type Scenarios, startScenarios } from '#tests/support/start-scenarios'
import { answerBody } from '#tests/upstreams/chat-events'

const secrets = {
  email: 'lea.moreau+fan@example.org',
  phone: '+33 6 12 34 56 78',
  card: '4111 1111 1111 1111',
  key: 'sk-abcdefghijklmnop1234',
  name: 'Léa Moreau',
}
const text = `I am ${secrets.name}, ${secrets.email}, ${secrets.phone}, ${secrets.card}, ${secrets.key}`
const leaks = (output: string) => Object.values(secrets).filter((secret) => output.includes(secret))

let scenarios: Scenarios
beforeAll(async () => {
  scenarios = await startScenarios({
    private: { deployments: 1, tier: { policy: { retry: { maxAttempts: 1 } } } },
  })
  await scenarios.gateway.container.settings.update(
    { storePrompts: true },
    { actorId: 'usr_1', atMs: Date.now() },
  )
})
afterAll(() => scenarios.close())

describe('what is kept of a request', () => {
  it('P32 holds nothing of what its prompt, answer or provider’s error said of people', async () => {
    const { script, chat } = scenarios.of('private')
    const body = {
      messages: [{ role: 'user', content: text }],
      metadata: { fanName: secrets.name, creatorId: secrets.email },
    }
    script([
      {
        kind: 'json',
        status: 500,
        body: { error: { message: `cannot handle: ${text}`, type: null, code: null } },
      },
    ])
    expect((await chat(body)).status).toBe(503)
    const said = structuredClone(answerBody) as { choices: { message: { content: string } }[] }
    if (said.choices[0]) said.choices[0].message.content = `Hello ${text}`
    script([{ kind: 'json', body: said }])
    const response = await chat(body)
    expect((await response.json()).choices[0].message.content).toContain(secrets.email)
    const { container } = scenarios.gateway
    await container.ledger.caughtUp()
    const entries = await container.db.pool.query('SELECT prompt_text, answer_text FROM ledger_entries')
    const attempts = await container.db.pool.query('SELECT error_message FROM attempts')
    expect(leaks(JSON.stringify([entries.rows, attempts.rows]))).toEqual([])
    expect(JSON.stringify(entries.rows)).toContain('[email]')
    expect(JSON.stringify(attempts.rows)).toContain('[card]')
    let csv = ''
    for await (const piece of exportRequests(container.db, {
      filter: {},
      redact: container.redactor.redactTwice,
    }))
      csv += piece
    expect(leaks(csv)).toEqual([])
    expect(container.redactor.report()).toMatchObject({
      redacted: { email: expect.any(Number), card: expect.any(Number), name: expect.any(Number) },
      foundBySecondLook: 0,
    })
  })

  it('does not tell the provider the names', async () => {
    const { script, chat, upstreams } = scenarios.of('private')
    script([{ kind: 'json', body: answerBody }])
    await chat({ metadata: { fanName: secrets.name, creatorName: 'Anna', theirs: 'kept' } })
    const sent = JSON.parse(upstreams[0]?.requests.at(-1)?.body ?? '{}')
    expect(sent.metadata).toEqual({ theirs: 'kept' })
  })
})

describe('the log', () => {
  it('P32 holds nothing that identifies people, in message, fields, causes or stacks', () => {
    const lines: string[] = []
    const redactor = createRedactor()
    const log = createLog({
      level: 'debug',
      instanceId: 'ins_1',
      destination: { write: (line: string) => lines.push(line) },
      redactor,
    })
    const names = { names: [secrets.name] }
    log.info(
      { note: text.replace(secrets.name, 'she'), deep: [{ text: secrets.email }] },
      `said ${secrets.phone}`,
    )
    log.error({ err: new Error(`failed for ${secrets.email}`, { cause: new Error(secrets.card) }) }, 'broken')
    log.warn({ cause: { message: `it was ${secrets.key}` } }, redactor.redact(secrets.name, names))
    const output = lines.join('')
    expect(leaks(output)).toEqual([])
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
    expect(output).toContain('failed for [email]')
  })

  it('leaves ids, numbers and times as they are', () => {
    const lines: string[] = []
    const log = createLog({
      level: 'info',
      instanceId: 'ins_0f3a9c1d2e4b',
      destination: { write: (line: string) => lines.push(line) },
    })
    const fields = {
      requestId: 'req_0123456789abcdef0123456789abcdef',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      costPicoUsd: '4800000000',
      latencyMs: 812.5,
      deployment: 'we-premium',
      at: '2026-11-26T10:15:00.123Z',
    }
    log.info(fields, 'answered')
    expect(JSON.parse(lines.join(''))).toMatchObject(fields)
  })
})
