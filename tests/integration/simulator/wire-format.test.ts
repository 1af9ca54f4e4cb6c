import { describe, expect, it } from 'vitest'
import { API_VERSION, launchSimulator } from '#tests/integration/simulator/running-simulator'

const running = launchSimulator()
const MESSAGES = [{ role: 'user', content: 'Tell me about the sea' }]
const DATED = `/openai/deployments/gpt-4-turbo-prod/chat/completions?api-version=${API_VERSION}`

function post(path: string, body: unknown, headers: Record<string, string> = { 'api-key': 'k' }) {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  return fetch(`${running.base()}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof text === 'string' ? text : new Blob([Uint8Array.from(text)]),
  })
}

async function events(response: Response): Promise<unknown[]> {
  const blocks = (await response.text()).split('\n\n').filter((block) => block !== '')
  return blocks.map((block) => {
    expect(block.startsWith('data: ')).toBe(true)
    return block === 'data: [DONE]' ? '[DONE]' : JSON.parse(block.slice('data: '.length))
  })
}

describe('Azure streams', () => {
  it('send filter frame, role, content, finish, usage and [DONE]', async () => {
    const response = await post(DATED, {
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 3,
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const frames = await events(response)
    expect(frames).toHaveLength(8)
    expect(frames[0]).toMatchObject({ id: '', object: '', created: 0, model: '', choices: [], usage: null })
    expect(frames[0]).toHaveProperty('prompt_filter_results.0.content_filter_results.hate.severity', 'safe')
    expect(frames[1]).toMatchObject({
      choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
      usage: null,
    })
    for (const frame of frames.slice(2, 5)) {
      expect(frame).toMatchObject({
        usage: null,
        choices: [{ content_filter_results: { violence: { filtered: false } } }],
      })
    }
    expect(frames[5]).toMatchObject({ choices: [{ delta: {}, finish_reason: 'length' }], usage: null })
    expect(frames[6]).toMatchObject({ choices: [], usage: { completion_tokens: 3 } })
    expect(frames[7]).toBe('[DONE]')
  })

  it('leave usage out unless asked', async () => {
    const frames = await events(await post(DATED, { messages: MESSAGES, stream: true, max_tokens: 3 }))
    expect(frames).toHaveLength(7)
    expect(JSON.stringify(frames)).not.toContain('usage')
  })
})

describe('OpenAI streams', () => {
  it('carry no filter annotations', async () => {
    const response = await post(
      '/v1/chat/completions',
      { model: 'gpt-4o', messages: MESSAGES, stream: true },
      { authorization: 'Bearer k' },
    )
    const frames = await events(response)
    expect(JSON.stringify(frames)).not.toContain('filter_results')
    expect(frames[0]).toMatchObject({ choices: [{ delta: { role: 'assistant' } }] })
  })
})

describe('credentials and paths', () => {
  it.each([
    [DATED, {}, 401],
    [DATED, { 'x-api-key': 'k' }, 401],
    [DATED, { authorization: 'Bearer t' }, 200],
    [DATED, { 'api-key': 'k' }, 200],
    ['/openai/v1/chat/completions', { 'api-key': 'k' }, 200],
    ['/openai/v1/chat/completions', { authorization: 'Bearer t' }, 200],
    ['/openai/v1/chat/completions', {}, 401],
    ['/v1/chat/completions', { 'api-key': 'k' }, 401],
    ['/v1/chat/completions', { authorization: 'Bearer t' }, 200],
    ['/openai/deployments/gpt-4-turbo-prod/chat/completions', { 'api-key': 'k' }, 404],
    ['/openai/deployments/gpt-4-turbo-prod/nothing?api-version=1', { 'api-key': 'k' }, 404],
    ['/openai/deployments/%E0%A4%A/chat/completions?api-version=1', { 'api-key': 'k' }, 400],
    ['/v1/nothing', { authorization: 'Bearer t' }, 404],
  ])('%s with %j → %i', async (path, headers, status) => {
    const response = await post(path, { model: 'gpt-4-turbo', messages: MESSAGES }, headers)
    expect(response.status).toBe(status)
    const body: unknown = await response.json()
    if (status >= 400) expect(body).toMatchObject({ error: { message: expect.any(String) } })
  })

  it('lets the URL win over body.model', async () => {
    const response = await post(DATED, { model: 'gpt-3.5-turbo', messages: MESSAGES })
    expect(await response.json()).toMatchObject({ model: 'gpt-4-turbo-2024-04-09' })
  })

  it('names region and request in the headers', async () => {
    const response = await post(
      `/regions/northeurope${DATED}`,
      { messages: MESSAGES },
      { 'api-key': 'k', 'x-ms-client-request-id': 'mine' },
    )
    expect(response.headers.get('x-ms-region')).toBe('North Europe')
    expect(response.headers.get('x-ms-client-request-id')).toBe('mine')
    expect(response.headers.get('apim-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers.get('x-simulated')).toBe('true')
  })
})

describe('bad bodies', () => {
  it.each([
    ['not JSON', '{"messages": ['],
    ['no object', '[1]'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['a bad role', { messages: [{ role: 'boss', content: 'x' }] }],
    ['a negative limit', { messages: MESSAGES, max_tokens: -1 }],
  ])('%s is a 400', async (_name, body) => {
    const response = await post(DATED, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } })
  })

  it('refuses more than 20 MB', async () => {
    const response = await post(DATED, {
      messages: [{ role: 'user', content: 'x'.repeat(32 * 1024 * 1024) }],
    })
    expect(response.status).toBe(413)
  })
})

describe('limits', () => {
  it('shows decreasing numbers and refuses what exceeds them', async () => {
    running.simulator.setLimits('limited', { tokensPerMinute: 1_000, requestsPerMinute: 3 })
    const path = `/openai/deployments/limited/chat/completions?api-version=${API_VERSION}`
    const ask = (max_tokens: number) => post(path, { messages: MESSAGES, max_tokens })
    const first = await ask(100)
    const second = await ask(100)
    const remaining = (response: Response) => Number(response.headers.get('x-ratelimit-remaining-tokens'))
    expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('1000')
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('2')
    expect(remaining(first) - remaining(second)).toBe(100 + Math.ceil('Tell me about the sea'.length / 4) + 1)
    const tooMany = await ask(900)
    expect(tooMany.status).toBe(429)
    expect(Number(tooMany.headers.get('retry-after-ms'))).toBeGreaterThan(0)
    expect(Number(tooMany.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(await tooMany.json()).toMatchObject({
      error: { code: '429', message: expect.stringContaining('tokens') },
    })
    expect(await (await ask(1)).json()).toMatchObject({
      error: { message: expect.stringContaining('requests') },
    })
  })
})

describe('embeddings', () => {
  const EMBED = { authorization: 'Bearer k' }
  const embed = (body: Record<string, unknown>) => post('/v1/embeddings', body, EMBED)

  it('are real: meaning is near, and token input equals text input', async () => {
    const response = await embed({
      model: 'text-embedding-ada-002',
      input: ['I love swimming in the sea', 'The ocean is great for a swim', 'Quarterly tax report'],
    })
    const body: unknown = await response.json()
    expect(body).toMatchObject({
      object: 'list',
      model: 'text-embedding-ada-002',
      usage: { prompt_tokens: expect.any(Number) },
    })
    const [sea, ocean, tax] = vectorsOf(body)
    expect(dot(sea, ocean)).toBeGreaterThan(dot(sea, tax) + 0.2)
    const tokens = await embed({ model: 'text-embedding-ada-002', input: [15339, 1917] })
    const text = await embed({ model: 'text-embedding-ada-002', input: 'hello world' })
    expect(vectorsOf(await tokens.json())).toEqual(vectorsOf(await text.json()))
  })

  it('have the dimensions asked for, and unit length', async () => {
    for (const dimensions of [1, 256, 512, 1_024]) {
      const response = await embed({ model: 'text-embedding-3-small', input: 'hi', dimensions })
      const [vector = []] = vectorsOf(await response.json())
      expect(vector).toHaveLength(dimensions)
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4)
    }
    expect(
      vectorsOf(await (await embed({ model: 'text-embedding-3-large', input: ' ' })).json())[0],
    ).toHaveLength(3_072)
  })

  it.each([
    ['an empty text', { input: '' }],
    ['no input', { input: [] }],
    ['2,049 inputs', { input: new Array(2_049).fill('a') }],
    ['an input too long', { input: 'word '.repeat(8_200) }],
    ['dimensions for ada', { input: 'a', dimensions: 256 }],
    ['a chat model', { input: 'a', model: 'gpt-4o' }],
  ])('refuse %s', async (_name, body) => {
    const response = await embed({ model: 'text-embedding-ada-002', ...body })
    expect(response.status).toBe(400)
  })
})

function vectorsOf(body: unknown): number[][] {
  const { data } = Object(body)
  return data.map(({ embedding }: { embedding: number[] }) => embedding)
}

function dot(left: readonly number[] = [], right: readonly number[] = []): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}
