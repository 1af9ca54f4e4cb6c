import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorCatalogue } from '#lib/contracts/error-catalogue'
import { startGateway, type TestGateway, testAdminKey, testApiKey } from '#tests/support/start-gateway'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ env: { HUNTAZE_BODY_LIMIT_MB: '2' } })
})
afterAll(() => gateway.close())

const path = '/api/v1/chat/completions'
const messages = [{ role: 'user', content: 'hi' }]

async function expectError(
  response: Response,
  code: keyof typeof errorCatalogue,
  status: number = errorCatalogue[code].status,
) {
  const body = await response.json()
  expect(body).toEqual({
    error: expect.objectContaining({ message: expect.any(String), type: errorCatalogue[code].type, code }),
  })
  expect(body.error).toHaveProperty('param')
  expect(response.status).toBe(status)
  expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  return body.error
}

const ledgerRows = async () => {
  await gateway.container.ledger.caughtUp()
  return Number((await gateway.container.db.pool.query('SELECT count(*) FROM ledger_entries')).rows[0].count)
}

describe('bad input gets a clear error and no ledger row', () => {
  it.each([
    ['not JSON', '{"model":', 'invalid_json'],
    ['an empty body', '', 'invalid_json'],
    ['a JSON array', [], 'invalid_request'],
    ['no messages', { model: 'premium' }, 'invalid_request'],
    ['empty messages', { model: 'premium', messages: [] }, 'invalid_request'],
    [
      'an unknown role',
      { model: 'premium', messages: [{ role: 'narrator', content: 'x' }] },
      'invalid_request',
    ],
    ['a negative max_tokens', { model: 'premium', messages, max_tokens: -1 }, 'invalid_request'],
    ['a zero max_tokens', { model: 'premium', messages, max_tokens: 0 }, 'invalid_request'],
    ['a huge max_tokens', { model: 'premium', messages, max_tokens: 1e15 }, 'invalid_request'],
    ['a fractional max_tokens', { model: 'premium', messages, max_tokens: 1.5 }, 'invalid_request'],
    ['a temperature beyond bounds', { model: 'premium', messages, temperature: 9 }, 'invalid_request'],
    [
      'ten thousand messages',
      { model: 'premium', messages: Array(10_000).fill(messages[0]) },
      'invalid_request',
    ],
    ['an unknown model', { model: 'platinum', messages }, 'model_not_found'],
    ['an embedding model for chat', { model: 'text-embedding-ada-002', messages }, 'model_not_suitable'],
    [
      'an image at a private address',
      {
        model: 'premium',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://127.0.0.1/x.png' } }] },
        ],
      },
      'invalid_request',
    ],
    [
      'an image over plain http',
      {
        model: 'premium',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://example.com/x.png' } }] },
        ],
      },
      'invalid_request',
    ],
  ] as const)('%s', async (_name, body, code) => {
    const before = await ledgerRows()
    await expectError(await gateway.post(path, body), code)
    expect(await ledgerRows()).toBe(before)
  })

  it('names the faulty field', async () => {
    const error = await expectError(
      await gateway.post(path, { model: 'premium', messages: [messages[0], { role: 'narrator' }] }),
      'invalid_request',
    )
    expect(error.param).toBe('messages[1].role')
    expect(error.message).toContain('messages[1].role')
  })

  it('names the image part that may not be sent', async () => {
    const content = [
      { type: 'text', text: 'look' },
      { type: 'image_url', image_url: { url: 'ftp://example.com/x' } },
    ]
    const error = await expectError(
      await gateway.post(path, { model: 'premium', messages: [{ role: 'user', content }] }),
      'invalid_request',
    )
    expect(error.param).toContain('messages[0].content[1]')
  })

  it('a wrong content type', async () => {
    const error = await expectError(
      await gateway.post(path, '{}', { 'content-type': 'text/plain' }),
      'unsupported_media_type',
    )
    expect(error.message).toContain('application/json')
  })

  it('invalid UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"premium","messages":[{"role":"user","content":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}]}'),
    ])
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
      body,
    })
    await expectError(response, 'invalid_utf8')
  })

  it('a body over the limit, declared', async () => {
    const response = await gateway.post(path, {
      model: 'premium',
      messages: [{ role: 'user', content: 'x'.repeat(3 * 1024 * 1024) }],
    })
    await expectError(response, 'body_too_large')
  })

  it('a body over the limit, undeclared', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('x'.repeat(64 * 1024)))
      },
    })
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit)
    await expectError(response, 'body_too_large')
  })

  it('no key, a wrong scheme, an unknown key', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'premium', messages }),
      })
    await expectError(await post({}), 'missing_api_key')
    await expectError(await post({ authorization: 'Bearer htz_secret_nobody_knows' }), 'invalid_api_key')
    const body = await (await post({ 'api-key': 'htz_secret_nobody_knows' })).text()
    expect(body).not.toContain('secret_nobody_knows')
  })

  it('an unknown path and a wrong method', async () => {
    await expectError(await gateway.get('/api/v1/nothing'), 'not_found')
    const response = await gateway.get(path)
    expect(response.headers.get('allow')).toBe('POST')
    await expectError(response, 'method_not_allowed')
  })

  it('a bad time range', async () => {
    await expectError(await gateway.get('/api/v1/usage?from=yesterday'), 'invalid_request')
    await expectError(await gateway.get('/api/v1/usage?from=2026-02-01&to=2026-01-01'), 'invalid_request')
  })
})

describe('keys', () => {
  const create = (body: Record<string, unknown>) =>
    gateway.container.access.keys.create({
      name: 'test',
      accountId: 'acc_keys',
      plan: 'pro',
      scopes: ['chat'],
      expiresAt: null,
      region: null,
      streamMode: null,
      createdBy: 'test',
      ...body,
    })
  const call = (
    secret: string,
    where = path,
    body: unknown = { model: 'economy', messages, max_tokens: 5 },
  ) =>
    fetch(gateway.url + where, {
      method: 'POST',
      headers: { 'api-key': secret, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('serve their scope alone', async () => {
    const { secret } = await create({})
    expect((await call(secret)).status).toBe(200)
    await expectError(
      await call(secret, '/api/v1/embeddings', { model: 'text-embedding-ada-002', input: 'x' }),
      'missing_scope',
    )
  })

  it('are refused at once when revoked', async () => {
    const { secret, key } = await create({})
    expect((await call(secret)).status).toBe(200)
    await gateway.container.access.keys.revoke({ id: key.id, revokedBy: 'test', reason: 'test' } as never)
    await expectError(await call(secret), 'revoked_api_key')
  })

  it('are refused when expired', async () => {
    const { secret } = await create({ expiresAt: new Date(Date.now() + 1500).toISOString() })
    expect((await call(secret)).status).toBe(200)
    await expect.poll(async () => (await call(secret)).status, { timeout: 10_000 }).toBe(401)
    await expectError(await call(secret), 'expired_api_key')
  })

  it('see their own usage only', async () => {
    const { secret } = await create({ accountId: 'acc_other', scopes: ['usage'] })
    const usage = await (
      await fetch(`${gateway.url}/api/v1/usage`, { headers: { authorization: `Bearer ${secret}` } })
    ).json()
    expect(usage).toMatchObject({ requests: 0, costUsd: 0 })
  })

  it('the admin key has every scope', async () => {
    expect((await call(testAdminKey)).status).toBe(200)
  })
})

describe('callers who go away', () => {
  it('in the middle of the upload leave nothing behind', async () => {
    const { hostname, port } = new URL(gateway.url)
    const before = await ledgerRows()
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${testApiKey}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"model":`,
        )
        setTimeout(() => socket.destroy(), 50)
      })
      socket.on('close', () => resolve())
    })
    await expect.poll(() => gateway.container.refusals.read().get('body_incomplete') ?? 0).toBe(1)
    expect(await ledgerRows()).toBe(before)
    expect(gateway.container.gateway.running.size).toBe(0)
  })

  it('in the middle of a stream pay for what was generated', async () => {
    gateway.container.simulator?.setLatency('gpt-4-standard-prod', {
      firstTokenMs: 0,
      tokensPerSecond: 20,
      jitter: 0,
    })
    const abort = new AbortController()
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${testApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'standard', messages, stream: true }),
    })
    const id = response.headers.get('x-request-id')
    await response.body?.getReader().read()
    abort.abort()
    const row = async () =>
      (await gateway.container.db.pool.query('SELECT * FROM ledger_entries WHERE id = $1', [id])).rows[0]
    await expect
      .poll(row, { timeout: 10_000 })
      .toMatchObject({ outcome: 'cancelled', usage_source: 'estimated', finish_reason: null })
    const { input_tokens, output_tokens, cost_pico_usd } = await row()
    expect(input_tokens).toBeGreaterThan(0)
    expect(output_tokens).toBeGreaterThan(0)
    // gpt-4: $30 and $60 per million tokens.
    expect(BigInt(cost_pico_usd)).toBe(
      BigInt(input_tokens) * 30_000_000n + BigInt(output_tokens) * 60_000_000n,
    )
  })
})
