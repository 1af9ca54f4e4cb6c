import { APIError } from 'openai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SimulatorFault } from '#lib/contracts/simulator'
import { API_VERSION, launchSimulator } from '#tests/integration/simulator/running-simulator'

const running = launchSimulator()
const deployment = 'gpt-4-turbo-prod'
const MESSAGES = [{ role: 'user' as const, content: 'Tell me about the sea' }]
const A_DAY_MS = 86_400_000

type Script = Omit<SimulatorFault, 'expiresAtMs' | 'deployment'> & { deployment?: string }

function script(fault: Script): void {
  running.fault({ deployment, ...fault })
}

interface Call {
  secure?: boolean
  stream?: boolean
  signal?: AbortSignal
  region?: string
}

function send({ secure = false, stream = false, signal, region }: Call = {}): Promise<Response> {
  const prefix = region === undefined ? '' : `/regions/${region}`
  return fetch(
    `${running.base(secure)}${prefix}/openai/deployments/${deployment}/chat/completions?api-version=${API_VERSION}`,
    {
      method: 'POST',
      headers: { 'api-key': 'k' },
      body: JSON.stringify({
        messages: MESSAGES,
        stream,
        stream_options: stream ? { include_usage: true } : undefined,
      }),
      signal,
    },
  )
}

/** Reads server-sent events one by one. */
function readEvents(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let pending = ''
  /** The data of the next event; null at the end. */
  const next = async (): Promise<string | null> => {
    for (;;) {
      const end = pending.indexOf('\n\n')
      if (end >= 0) {
        const event = pending.slice(0, end)
        pending = pending.slice(end + 2)
        return event.replace(/^data: /, '')
      }
      const chunk = await reader?.read()
      if (chunk === undefined || chunk.done) return null
      pending += chunk.value
    }
  }
  /** Everything up to a clean end. */
  const rest = async () => {
    const events: string[] = []
    for (let event = await next(); event !== null; event = await next()) events.push(event)
    return events
  }
  return { next, rest }
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of stream);
}

const contentOf = (events: readonly string[]) =>
  events.filter((event) => /"delta":\{"content":".+"/.test(event))

afterEach(() => {
  for (const fault of running.simulator.listFaults()) running.simulator.clearFault(fault.deployment)
})

describe('errors instead of an answer', () => {
  it.each([
    [{ kind: 'rate_limited', retryAfterMs: 2_500 }, 429, '429'],
    [{ kind: 'rate_limited_bare' }, 429, '429'],
    [{ kind: 'ptu_full', retryAfterMs: 300 }, 429, '429'],
    [{ kind: 'server_error' }, 503, '503'],
    [{ kind: 'server_error', status: 500 }, 500, '500'],
    [{ kind: 'server_error', status: 502 }, 502, '502'],
    [{ kind: 'server_error', status: 504 }, 504, '504'],
    [{ kind: 'context_length' }, 400, 'context_length_exceeded'],
    [{ kind: 'unauthorized' }, 401, '401'],
    [{ kind: 'forbidden' }, 403, 'PermissionDenied'],
    [{ kind: 'not_found' }, 404, 'DeploymentNotFound'],
    [{ kind: 'retired' }, 410, 'ModelRetired'],
    [{ kind: 'content_filter' }, 400, 'content_filter'],
  ] satisfies [Script, number, string][])('%j → %i as AzureOpenAI sees it', async (fault, status, code) => {
    script(fault)
    const refused = running.azure().chat.completions.create({ model: deployment, messages: MESSAGES })
    await expect(refused).rejects.toMatchObject({ status, code })
  })

  it('says when to come back, or does not', async () => {
    script({ kind: 'rate_limited', retryAfterMs: 2_500 })
    const limited = await send()
    expect([limited.headers.get('retry-after-ms'), limited.headers.get('retry-after')]).toEqual(['2500', '3'])
    script({ kind: 'rate_limited', retryAfterMs: 0 })
    expect((await send()).headers.get('retry-after-ms')).toBe('0')
    script({ kind: 'rate_limited_bare' })
    const bare = await send()
    expect([...bare.headers.keys()].filter((name) => /retry|ratelimit/.test(name))).toEqual([])
    script({ kind: 'ptu_full', retryAfterMs: 300 })
    const full = await send()
    expect(
      Number.parseFloat(full.headers.get('azure-openai-deployment-utilization') ?? ''),
    ).toBeGreaterThanOrEqual(100)
    expect(full.headers.get('retry-after-ms')).toBe('300')
  })

  it("carries Azure's filter detail where the SDK looks for it", async () => {
    script({ kind: 'content_filter' })
    const error: unknown = await running
      .azure()
      .chat.completions.create({ model: deployment, messages: MESSAGES })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'content_filter',
      error: {
        status: 400,
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { sexual: { filtered: true } },
        },
      },
    })
  })

  it('sends a bare gateway body without the error wrapper', async () => {
    script({ kind: 'bare_not_found' })
    const response = await send()
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ statusCode: 404, message: 'Resource not found' })
  })
})

describe.each([
  ['http', false],
  ['https', true],
])('faults of the connection over %s', (_name, secure) => {
  it.each(['reset', 'region_dark'] as const)('%s leaves no response', async (kind) => {
    script({ kind })
    await expect(send({ secure })).rejects.toThrow('fetch failed')
  })

  it('silent never answers', async () => {
    script({ kind: 'silent' })
    const before = running.simulator.requestCount(deployment)
    const caller = new AbortController()
    const answer = send({ secure, signal: caller.signal })
    await vi.waitUntil(() => running.simulator.requestCount(deployment) === before + 1)
    caller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.each([true, false])('cut destroys the socket mid-answer (stream: %s)', async (stream) => {
    script({ kind: 'cut', afterTokens: 3 })
    const response = await send({ secure, stream })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
  })
})

describe('faults in time', () => {
  it('latency holds the answer back', async () => {
    script({ kind: 'latency', delayMs: A_DAY_MS })
    const caller = new AbortController()
    const before = running.simulator.requestCount()
    const answer = send({ signal: caller.signal })
    await vi.waitUntil(() => running.simulator.requestCount() > before)
    caller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    script({ kind: 'latency', delayMs: 1 })
    expect((await send()).status).toBe(200)
  })

  it('slow_first_token sends headers and the opening frames at once', async () => {
    script({ kind: 'slow_first_token', delayMs: A_DAY_MS })
    const caller = new AbortController()
    const response = await send({ stream: true, signal: caller.signal })
    const { next } = readEvents(response)
    expect(await next()).toContain('prompt_filter_results')
    expect(await next()).toContain('"role":"assistant"')
    const content = next()
    caller.abort()
    await expect(content).rejects.toMatchObject({ name: 'AbortError' })
    const whole = await send({ signal: AbortSignal.timeout(60_000) }).then(({ status, body }) => ({
      status,
      body,
    }))
    expect(whole.status).toBe(200)
    await whole.body?.cancel()
    script({ kind: 'slow_first_token', delayMs: 1 })
    expect(contentOf(await readEvents(await send({ stream: true })).rest()).length).toBeGreaterThan(10)
  })

  it('stall stops after so many tokens and keeps the socket open', async () => {
    script({ kind: 'stall', afterTokens: 4 })
    const caller = new AbortController()
    const { next } = readEvents(await send({ stream: true, signal: caller.signal }))
    for (let index = 0; index < 2; index += 1) await next()
    for (let index = 0; index < 4; index += 1) expect(contentOf([(await next()) ?? ''])).toHaveLength(1)
    const more = next()
    caller.abort()
    await expect(more).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('faults in streams', () => {
  it('end_early ends cleanly, without finish_reason and [DONE]', async () => {
    script({ kind: 'end_early', afterTokens: 3 })
    const events = await readEvents(await send({ stream: true })).rest()
    expect(events).toHaveLength(5)
    expect(contentOf(events)).toHaveLength(3)
    expect(events.join('')).not.toMatch(/"finish_reason":"|DONE/)
  })

  it('malformed_event is one event that is no JSON; the stream completes', async () => {
    script({ kind: 'malformed_event', afterTokens: 2 })
    const events = await readEvents(await send({ stream: true })).rest()
    const broken = events.slice(0, -1).filter((event) => {
      try {
        JSON.parse(event)
        return false
      } catch {
        return true
      }
    })
    expect(broken).toHaveLength(1)
    expect(events.indexOf(broken[0] ?? '')).toBe(4)
    expect(events.at(-1)).toBe('[DONE]')
    expect(events.join('')).toContain('"finish_reason":"stop"')
  })

  it('missing_done has finish and usage, but no [DONE]', async () => {
    script({ kind: 'missing_done', delayMs: 1 })
    const events = await readEvents(await send({ stream: true })).rest()
    expect(events.at(-2)).toContain('"finish_reason":"stop"')
    expect(events.at(-1)).toContain('"completion_tokens"')
  })

  it('error_in_stream reaches the SDK as an APIError without status', async () => {
    script({ kind: 'error_in_stream', afterTokens: 2 })
    const stream = await running
      .azure()
      .chat.completions.create({ model: deployment, messages: MESSAGES, stream: true })
    const reading = drain(stream)
    await expect(reading).rejects.toBeInstanceOf(APIError)
    await expect(reading).rejects.toMatchObject({ code: 'server_error', status: undefined })
  })

  it('content_filter_completion cuts the answer with its reason', async () => {
    script({ kind: 'content_filter_completion', afterTokens: 3 })
    const whole = await running.azure().chat.completions.create({ model: deployment, messages: MESSAGES })
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'content_filter',
      content_filter_results: { sexual: { filtered: true } },
    })
    expect(whole.usage?.completion_tokens).toBe(3)
    const events = await readEvents(await send({ stream: true })).rest()
    expect(contentOf(events)).toHaveLength(3)
    expect(events.join('')).toContain('"finish_reason":"content_filter"')
  })

  it('breaks before the closing frames when the answer is shorter than afterTokens', async () => {
    script({ kind: 'end_early', afterTokens: 100_000 })
    const events = await readEvents(await send({ stream: true })).rest()
    expect(contentOf(events).length).toBeGreaterThan(10)
    expect(events.join('')).not.toContain('"finish_reason":"stop"')
  })
})

describe('faults in answers that do not stream', () => {
  it('stall after half of the body', async () => {
    script({ kind: 'stall' })
    const caller = new AbortController()
    const response = await send({ signal: caller.signal })
    const reader = response.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    const more = reader?.read()
    caller.abort()
    await expect(more).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.each(['end_early', 'malformed_event'] as const)('%s is a body that is no JSON', async (kind) => {
    script({ kind })
    const response = await send()
    expect(response.status).toBe(200)
    await expect(response.json()).rejects.toBeInstanceOf(SyntaxError)
  })
})

describe('embeddings', () => {
  it('float_embeddings ignores base64', async () => {
    const model = 'text-embedding-ada-002'
    running.fault({ deployment: model, kind: 'float_embeddings', count: 1 })
    const ask = () =>
      fetch(`${running.base()}/openai/deployments/${model}/embeddings?api-version=${API_VERSION}`, {
        method: 'POST',
        headers: { 'api-key': 'k' },
        body: JSON.stringify({ input: 'hi', encoding_format: 'base64' }),
      }).then((response) => response.json())
    expect(await ask()).toHaveProperty('data.0.embedding.1535', expect.any(Number))
    expect(await ask()).toHaveProperty('data.0.embedding', expect.any(String))
  })
})

describe('targets and scripting over the wire', () => {
  const FAULTS = '/__simulator/faults'
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${running.base()}${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) })

  it('darkens one region and leaves its twin alone', async () => {
    running.fault({ deployment: 'region:westeurope', kind: 'region_dark' })
    await expect(send({ region: 'westeurope' })).rejects.toThrow('fetch failed')
    expect((await send({ region: 'northeurope' })).status).toBe(200)
    expect((await send()).status).toBe(200)
  })

  it('hits one twin, everything, or a provider', async () => {
    running.fault({ deployment: `westeurope/${deployment}`, kind: 'server_error' })
    expect((await send({ region: 'westeurope' })).status).toBe(503)
    expect((await send({ region: 'northeurope' })).status).toBe(200)
    running.fault({ deployment: '*', kind: 'forbidden' })
    expect((await send({ region: 'northeurope' })).status).toBe(403)
    running.simulator.clearFault('*')
    running.fault({ deployment: 'provider:openai', kind: 'forbidden' })
    expect((await send()).status).toBe(200)
  })

  it('hits so many requests and then clears', async () => {
    script({ kind: 'server_error', count: 2 })
    const statuses = [await send(), await send(), await send()].map(({ status }) => status)
    expect(statuses).toEqual([503, 503, 200])
    expect(running.simulator.listFaults()).toEqual([])
  })

  it('is scripted, listed and cleared by HTTP', async () => {
    const fault = {
      deployment: 'region:westeurope',
      kind: 'retired',
      count: 5,
      expiresAtMs: Date.now() + 60_000,
    }
    const created = await control('POST', FAULTS, fault)
    expect(created.status).toBe(201)
    expect(await created.json()).toEqual({ ...fault, probability: 1 })
    expect((await send({ region: 'westeurope' })).status).toBe(410)
    expect(await (await control('GET', FAULTS)).json()).toEqual({
      faults: [{ ...fault, probability: 1, count: 4 }],
    })
    const path = `${FAULTS}/${encodeURIComponent('region:westeurope')}`
    expect((await control('DELETE', path)).status).toBe(200)
    expect((await control('DELETE', path)).status).toBe(404)
    expect((await send({ region: 'westeurope' })).status).toBe(200)
    const wrong = await control('POST', FAULTS, { ...fault, kind: 'explode', expiresAtMs: 'never' })
    expect(wrong.status).toBe(400)
    expect(await wrong.json()).toHaveProperty('error.message', expect.stringMatching(/kind.*expiresAtMs/))
  })

  it('does not count control requests', async () => {
    const before = running.simulator.requestCount()
    await control('GET', FAULTS)
    expect(running.simulator.requestCount()).toBe(before)
    await send({ region: 'westeurope' })
    expect(running.simulator.requestCount()).toBe(before + 1)
  })
})
