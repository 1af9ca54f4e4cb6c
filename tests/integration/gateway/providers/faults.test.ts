import { createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAzureOpenAIClient } from '#server/gateway/providers/azure-openai-client'
import { createTransport } from '#server/gateway/providers/http-transport'
import type { Provider } from '#server/gateway/providers/provider'
import {
  answerBody,
  finishEvent,
  promptFilterEvent,
  roleEvent,
  textEvent,
  usageEvent,
} from '#tests/upstreams/chat-events'
import { chatCall, embedCall, failureOf, readStream } from '#tests/upstreams/provider-call'
import { type ScriptedUpstream, sse, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

let upstream: ScriptedUpstream
let provider: Provider

beforeEach(async () => {
  upstream = await startScriptedUpstream()
  const transport = createTransport({ connectTimeoutMs: 5_000 })
  provider = createAzureOpenAIClient({
    credential: { kind: 'key', key: 'k-test' },
    apiVersion: '2024-10-21',
    transport,
  })
})

afterEach(async () => {
  await provider.close()
  await upstream.close()
})

const call = (parts: Partial<Parameters<typeof chatCall>[0]> = {}) =>
  chatCall({ endpoint: upstream.url, ...parts })

/** Timers this process has running; a call that is over may have left none. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

describe('whole answers', () => {
  it('asks the dated URL with the key, the deployment as model and without stream options', async () => {
    upstream.respond([
      {
        kind: 'json',
        body: answerBody,
        headers: { 'x-ratelimit-remaining-tokens': '900', 'apim-request-id': 'a1' },
      },
    ])
    const body = {
      model: 'premium',
      messages: [{ role: 'user' as const, content: 'hi' }],
      stream: true,
      stream_options: {},
      seed: 7,
    }
    const answer = await provider.chat(call({ body }))
    const [request] = upstream.requests
    expect(request?.path).toBe('/openai/deployments/gpt-4o-test/chat/completions?api-version=2024-10-21')
    expect(request?.headers).toMatchObject({ 'api-key': 'k-test', 'x-ms-client-request-id': 'req_test' })
    expect(request?.headers.traceparent).toMatch(/^00-/)
    expect(JSON.parse(request?.body ?? '')).toEqual({
      model: 'gpt-4o-test',
      messages: [{ role: 'user', content: 'hi' }],
      seed: 7,
    })
    expect(answer).toMatchObject({
      kind: 'answer',
      content: 'Hello there',
      finishReason: 'stop',
      text: JSON.stringify(answerBody),
    })
    expect(answer.usage).toEqual({
      inputTokens: 12,
      cachedInputTokens: 4,
      cacheWriteTokens: 0,
      outputTokens: 3,
      reasoningTokens: 1,
      source: 'provider',
    })
    expect(answer.limits).toMatchObject({ remainingTokens: 900, providerRequestId: 'a1', utilization: null })
  })

  it('gives an error answer as evidence, headers lower-cased and body cut at 64 KiB', async () => {
    upstream.respond([
      {
        kind: 'json',
        status: 429,
        headers: { 'Retry-After-Ms': '1500' },
        body: { error: { message: 'x'.repeat(100_000) } },
      },
    ])
    const evidence = await failureOf(provider.chat(call()))
    expect(evidence).toMatchObject({ kind: 'http', status: 429, headers: { 'retry-after-ms': '1500' } })
    expect(evidence.kind === 'http' && evidence.body.length).toBe(64 * 1024)
  })

  it('follows no redirect', async () => {
    upstream.respond([{ kind: 'json', status: 307, headers: { location: '/elsewhere' }, body: {} }])
    expect(await failureOf(provider.chat(call()))).toMatchObject({ kind: 'http', status: 307 })
    expect(upstream.requests).toHaveLength(1)
  })

  it('keeps the status when the error body is lost or late', async () => {
    upstream.respond(
      [{ kind: 'head', status: 503 }, { kind: 'chunk', data: 'half' }, { kind: 'destroy' }],
      [{ kind: 'head', status: 502 }, { kind: 'chunk', data: 'late' }, { kind: 'never' }],
    )
    expect(await failureOf(provider.chat(call()))).toMatchObject({ kind: 'http', status: 503, body: 'half' })
    const late = await failureOf(provider.chatStream(call({ timers: { attemptMs: 300 } })))
    expect(late).toMatchObject({ kind: 'http', status: 502, body: 'late' })
  })

  it.each([
    [
      'text that is no JSON',
      [
        { kind: 'head' as const, headers: { 'content-type': 'application/json' } },
        { kind: 'chunk' as const, data: '{"choices":' },
      ],
    ],
    ['JSON that is no chat completion', [{ kind: 'json' as const, body: { ok: true } }]],
  ])('calls %s malformed', async (_what, steps) => {
    upstream.respond(steps)
    expect(await failureOf(provider.chat(call()))).toMatchObject({ kind: 'malformed' })
  })

  it('calls bytes that are no HTTP malformed', async () => {
    upstream.respond([{ kind: 'raw', data: 'SSH-2.0-nonsense\r\n\r\n' }, { kind: 'never' }])
    expect(await failureOf(provider.chat(call()))).toMatchObject({ kind: 'malformed' })
  })

  it('embeds, keeping the encoding asked for', async () => {
    const body = {
      object: 'list',
      data: [{ index: 0, embedding: 'AACAPw==' }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    }
    upstream.respond([{ kind: 'json', body }], [{ kind: 'json', body: {} }])
    const answer = await provider.embed(
      embedCall({ endpoint: upstream.url, body: { model: 'e', input: ['a'], encoding_format: 'base64' } }),
    )
    expect(answer.text).toBe(JSON.stringify(body))
    expect(answer.usage).toMatchObject({ inputTokens: 2, outputTokens: 0 })
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({
      model: 'gpt-4o-test',
      input: ['a'],
      encoding_format: 'base64',
    })
    expect(await failureOf(provider.embed(embedCall({ endpoint: upstream.url })))).toMatchObject({
      kind: 'malformed',
    })
  })
})

describe('connections', () => {
  it('calls a refused connection and an unknown host connect', async () => {
    const { url } = upstream
    await upstream.close()
    expect(await failureOf(provider.chat(chatCall({ endpoint: url })))).toMatchObject({
      kind: 'connect',
      code: 'ECONNREFUSED',
    })
    expect(await failureOf(provider.chat(chatCall({ endpoint: 'https://nowhere.invalid' })))).toMatchObject({
      kind: 'connect',
    })
  })

  it('calls TLS that cannot be agreed on connect', async () => {
    const endpoint = upstream.url.replace('http:', 'https:')
    expect(await failureOf(provider.chat(chatCall({ endpoint })))).toMatchObject({ kind: 'connect' })
  })

  it('gives up a connection that is not made in time', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const endpoint = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const evidence = await failureOf(provider.chat(chatCall({ endpoint, timers: { connectMs: 100 } })))
    expect(evidence).toMatchObject({ kind: 'connect', code: 'UND_ERR_CONNECT_TIMEOUT' })
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  it('calls a socket closed before the headers reset, and in the middle of a whole answer too', async () => {
    const part = [
      { kind: 'head' as const },
      { kind: 'chunk' as const, data: '{' },
      { kind: 'destroy' as const },
    ]
    upstream.respond([{ kind: 'destroy' }], [{ kind: 'destroy' }], part)
    expect(await failureOf(provider.chat(call()))).toMatchObject({ kind: 'reset' })
    expect(await failureOf(provider.chatStream(call()))).toMatchObject({ kind: 'reset' })
    expect(await failureOf(provider.chat(call()))).toMatchObject({ kind: 'reset' })
  })

  it('refuses plain http to other machines and addresses that hold credentials, before anything is sent', async () => {
    for (const endpoint of [
      'http://example.com',
      'https://user:secret-pw@example.com',
      'ftp://127.0.0.1',
      'nonsense',
    ]) {
      const evidence = await failureOf(provider.chat(chatCall({ endpoint })))
      expect(evidence.kind).toBe('refused')
      expect(JSON.stringify(evidence)).not.toContain('secret-pw')
    }
  })

  it('sends one call after another over one socket, streams included', async () => {
    const events = sse(roleEvent, textEvent('a'), finishEvent(), usageEvent, '[DONE]')
    const headers = { 'content-type': 'text/event-stream', 'content-length': String(events.length) }
    const stream = [
      { kind: 'head' as const, headers },
      { kind: 'chunk' as const, data: events },
    ]
    upstream.respond([{ kind: 'json', body: answerBody }], stream, [{ kind: 'json', body: answerBody }])
    await provider.chat(call())
    await setImmediate()
    await readStream(provider, call())
    await setImmediate()
    await provider.chat(call())
    expect(upstream.connections()).toBe(1)
  })
})

describe('streams', () => {
  const whole = [promptFilterEvent, roleEvent, textEvent('Hel'), textEvent('lo'), finishEvent(), usageEvent]

  it('gives every event as a frame, always asks for usage, and keeps the caller’s stream options', async () => {
    upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: sse(...whole, '[DONE]') }])
    const body = {
      model: 'premium',
      messages: [{ role: 'user' as const, content: 'hi' }],
      stream_options: { include_usage: false, include_obfuscation: false },
    }
    const { frames, text, failure } = await readStream(provider, call({ body }))
    expect(failure).toBeNull()
    expect(text).toBe('Hello')
    expect(frames.map((frame) => frame.data)).toEqual(whole.map((event) => JSON.stringify(event)))
    expect(frames.map((frame) => frame.content)).toEqual([false, false, true, true, false, false])
    expect(frames.map((frame) => frame.usageOnly)).toEqual([false, false, false, false, false, true])
    expect(frames.map((frame) => frame.finishReason)).toEqual([null, null, null, null, 'stop', null])
    expect(frames.at(-1)?.usage).toMatchObject({ inputTokens: 12, outputTokens: 3 })
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toMatchObject({
      model: 'gpt-4o-test',
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    })
  })

  it('takes choices without delta, tool calls, refusals and several choices', async () => {
    const call1 = {
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
          },
        },
      ],
    }
    const call2 = {
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] } }],
    }
    const refusal = { choices: [{ index: 1, delta: { refusal: 'No.' } }] }
    const annotation = {
      id: '',
      model: '',
      choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 } }],
    }
    const events = [
      call1,
      annotation,
      call2,
      finishEvent('tool_calls'),
      refusal,
      finishEvent('stop', 1),
      usageEvent,
    ]
    upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: sse(...events) }])
    const body = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }], n: 2 }
    const { frames, text, failure } = await readStream(provider, call({ body }))
    expect(failure).toBeNull()
    expect(text).toBe('f{"a":1}No.')
    expect(frames.map((frame) => frame.content)).toEqual([true, false, true, false, true, false, false])
  })

  it('cuts a stream in which one of two choices never finished', async () => {
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(textEvent('a'), textEvent('b', 1), finishEvent()) },
    ])
    const body = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }], n: 2 }
    expect((await readStream(provider, call({ body }))).failure).toMatchObject({ kind: 'cut_stream' })
  })

  it('skips an event that is not JSON when the stream completes, and writes JSON over lines as one line', async () => {
    const pretty = `data: ${JSON.stringify(textEvent('b'), null, 1).replaceAll('\n', '\ndata: ')}\n\n`
    const body = sse(textEvent('a'), '{"choices": [oops') + pretty + sse(finishEvent(), usageEvent, '[DONE]')
    upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: body }])
    const { frames, text, failure } = await readStream(provider, call())
    expect({ text, failure }).toEqual({ text: 'ab', failure: null })
    expect(frames.map((frame) => frame.data).join()).not.toContain('\n')
  })

  it.each([
    ['a socket lost in the middle', [{ kind: 'destroy' as const }], { kind: 'cut_stream' }],
    ['an end without finish reason', [{ kind: 'end' as const }], { kind: 'cut_stream' }],
    [
      '[DONE] without finish reason',
      [{ kind: 'chunk' as const, data: sse('[DONE]') }],
      { kind: 'cut_stream' },
    ],
    [
      'events that are not JSON, and then the end',
      [{ kind: 'chunk' as const, data: sse('{oops') }],
      { kind: 'malformed' },
    ],
    [
      'an error in the stream',
      [
        {
          kind: 'chunk' as const,
          data: sse({ error: { message: 'overloaded', type: 'server_error', code: '529' } }),
        },
      ],
      {
        kind: 'stream_error',
        error: { message: 'overloaded', type: 'server_error', param: null, code: '529' },
      },
    ],
    ['silence', [{ kind: 'never' as const }], { kind: 'timeout', timer: 'idle', afterMs: 150 }],
    [
      'an event above 1 MiB',
      [{ kind: 'chunk' as const, data: `data: ${'x'.repeat(1_100_000)}` }, { kind: 'never' as const }],
      { kind: 'malformed' },
    ],
  ])('tells %s after content, and closes the socket', async (_what, steps, expected) => {
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(roleEvent, textEvent('par'), textEvent('tial')) },
      ...steps,
    ])
    const before = timers()
    const { text, failure } = await readStream(provider, call({ timers: { idleMs: 150 } }))
    expect(text).toBe('partial')
    expect(failure).toMatchObject(expected)
    await upstream.requests[0]?.over
    expect(timers()).toBeLessThanOrEqual(before)
  })

  it('tells headers that do not come', async () => {
    upstream.respond([{ kind: 'never' }])
    const attempt = await failureOf(provider.chatStream(call({ timers: { attemptMs: 120 } })))
    expect(attempt).toEqual({ kind: 'timeout', timer: 'attempt', afterMs: 120 })
    const first = await failureOf(
      provider.chatStream(call({ timers: { attemptMs: 5_000, firstTokenMs: 110 } })),
    )
    expect(first).toEqual({ kind: 'timeout', timer: 'first_token', afterMs: 110 })
    expect(await failureOf(provider.chat(call({ timers: { attemptMs: 130, firstTokenMs: 10 } })))).toEqual({
      kind: 'timeout',
      timer: 'attempt',
      afterMs: 130,
    })
  })

  it('bounds a whole answer to its end', async () => {
    upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: '{' }, { kind: 'never' }])
    const evidence = await failureOf(provider.chat(call({ timers: { attemptMs: 150 } })))
    expect(evidence).toEqual({ kind: 'timeout', timer: 'attempt', afterMs: 150 })
  })

  it('tells a first token that does not come, role frames notwithstanding', async () => {
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(promptFilterEvent, roleEvent) },
      { kind: 'never' },
    ])
    const { frames, failure } = await readStream(
      provider,
      call({ timers: { firstTokenMs: 1_100, attemptMs: 1_000 } }),
    )
    expect(frames).toHaveLength(2)
    expect(failure).toEqual({ kind: 'timeout', timer: 'first_token', afterMs: 1_100 })
  })

  it('never kills a healthy stream that outlasts the attempt and first-token bounds', async () => {
    const steps = ['a', 'b', 'c', 'd'].flatMap((text) => [
      { kind: 'chunk' as const, data: sse(textEvent(text)) },
      { kind: 'delay' as const, ms: 400 },
    ])
    upstream.respond([{ kind: 'head' }, ...steps, { kind: 'chunk', data: sse(finishEvent(), usageEvent) }])
    const { text, failure } = await readStream(
      provider,
      call({ timers: { attemptMs: 1_000, firstTokenMs: 1_000, idleMs: 5_000 } }),
    )
    expect({ text, failure }).toEqual({ text: 'abcd', failure: null })
  })

  it('does not take a slow reader for silence', async () => {
    const resumed = Promise.withResolvers<void>()
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(textEvent('a')) },
      { kind: 'wait', until: resumed.promise },
      { kind: 'chunk', data: sse(textEvent('b'), finishEvent(), usageEvent) },
    ])
    const stream = await provider.chatStream(call({ timers: { idleMs: 1_000, firstTokenMs: 1_000 } }))
    let text = ''
    for await (const frame of stream.frames) {
      text += frame.text
      if (frame.text === 'a') await new Promise((resolve) => setTimeout(resolve, 1_200))
      resumed.resolve()
    }
    expect(text).toBe('ab')
  })

  it.each([
    ['[DONE] is missing and the socket stays open', [finishEvent(), usageEvent], 10_000],
    ['usage is missing and the socket stays open', [finishEvent()], 100],
  ])('ends when %s', async (_what, events, idleMs) => {
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(textEvent('all'), ...events) },
      { kind: 'never' },
    ])
    const { text, failure } = await readStream(provider, call({ timers: { idleMs } }))
    expect({ text, failure }).toEqual({ text: 'all', failure: null })
    expect(await upstream.requests[0]?.over).toBe('aborted')
  })

  it('ends when the socket is lost after the finish reason', async () => {
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(textEvent('all'), finishEvent()) },
      { kind: 'destroy' },
    ])
    const { text, failure } = await readStream(provider, call())
    expect({ text, failure }).toEqual({ text: 'all', failure: null })
  })

  it('calls an answer that is no event stream malformed', async () => {
    upstream.respond([{ kind: 'json', body: answerBody }])
    expect(await failureOf(provider.chatStream(call()))).toMatchObject({ kind: 'malformed' })
  })

  it('makes a flooding upstream wait for a slow reader', async () => {
    const flood = sse(textEvent('x'.repeat(1000))).repeat(64)
    const steps = Array.from({ length: 400 }, () => ({ kind: 'chunk' as const, data: flood }))
    const end = { kind: 'chunk' as const, data: sse(finishEvent(), usageEvent) }
    upstream.respond([{ kind: 'head' }, ...steps, end], [{ kind: 'json', body: answerBody }])
    const stream = await provider.chatStream(call())
    const iterator = stream.frames[Symbol.asyncIterator]()
    await iterator.next()
    const flooding = await upstream.arrived(0)
    const others = async () => {
      for (let count = 0; count < 50; count += 1) await provider.chat(call())
      return 'others are served'
    }
    expect(await Promise.race([flooding.over, others()])).toBe('others are served')
    let count = 1
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) count += 1
    expect(count).toBe(400 * 64 + 2)
    expect(await flooding.over).toBe('ended')
  })
})

describe('abort', () => {
  it('sends nothing when the signal is aborted already', async () => {
    const evidence = await failureOf(provider.chat(call({ signal: AbortSignal.abort() })))
    expect(evidence).toEqual({ kind: 'cancelled', unsent: true })
    expect(upstream.requests).toHaveLength(0)
  })

  it('reaches the socket before the headers', async () => {
    upstream.respond([{ kind: 'never' }])
    const caller = new AbortController()
    const before = timers()
    const attempt = failureOf(provider.chat(call({ signal: caller.signal })))
    const request = await upstream.arrived(0)
    caller.abort()
    expect(await attempt).toEqual({ kind: 'cancelled' })
    expect(await request.over).toBe('aborted')
    expect(timers()).toBeLessThanOrEqual(before)
  })

  it('reaches the socket in the middle of a stream', async () => {
    upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: sse(textEvent('a')) }, { kind: 'never' }])
    const caller = new AbortController()
    const { text, failure } = await readStream(provider, call({ signal: caller.signal }), () =>
      caller.abort(),
    )
    expect({ text, failure }).toEqual({ text: 'a', failure: { kind: 'cancelled' } })
    expect(await upstream.requests[0]?.over).toBe('aborted')
  })

  it('reaches the socket when the reader leaves', async () => {
    upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: sse(textEvent('a')) }, { kind: 'never' }])
    const before = timers()
    const stream = await provider.chatStream(call())
    for await (const frame of stream.frames) if (frame.content) break
    expect(await upstream.requests[0]?.over).toBe('aborted')
    expect(timers()).toBeLessThanOrEqual(before)
  })

  it.each(['before its first frame', 'while it waits for a frame'])(
    'reaches the socket when the reader leaves %s',
    async (when) => {
      upstream.respond([{ kind: 'head' }, { kind: 'never' }])
      const stream = await provider.chatStream(call())
      const iterator = stream.frames[Symbol.asyncIterator]()
      const pending = when.startsWith('while') ? failureOf(iterator.next()) : null
      await iterator.return?.()
      expect(await upstream.requests[0]?.over).toBe('aborted')
      if (pending !== null) expect(await pending).toEqual({ kind: 'cancelled' })
    },
  )

  it('does not wait for a token that nobody needs any more', async () => {
    const source = { get: () => new Promise<string>(() => undefined) }
    const waiting = createAzureOpenAIClient({
      credential: { kind: 'token', source },
      apiVersion: '2024-10-21',
      transport: createTransport({ connectTimeoutMs: 5_000 }),
    })
    const caller = new AbortController()
    const attempt = failureOf(waiting.chat(call({ signal: caller.signal })))
    caller.abort()
    expect(await attempt).toEqual({ kind: 'cancelled', unsent: true })
    await waiting.close()
  })

  it('leaves no socket behind when the provider is closed', async () => {
    upstream.respond([{ kind: 'json', body: answerBody }], [{ kind: 'never' }])
    await provider.chat(call())
    const open = failureOf(provider.chat(call()))
    await upstream.arrived(1)
    await provider.close()
    expect((await open).kind).toBe('reset')
    await expect.poll(() => upstream.openSockets()).toBe(0)
  })
})
