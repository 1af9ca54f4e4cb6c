import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAnthropicClient } from '#server/gateway/providers/anthropic-client'
import { createAzureOpenAIClient } from '#server/gateway/providers/azure-openai-client'
import { createBearerTokenSource } from '#server/gateway/providers/bearer-token-source'
import { createTransport, type Transport } from '#server/gateway/providers/http-transport'
import { createOpenAIClient } from '#server/gateway/providers/openai-client'
import { type Provider, ProviderError } from '#server/gateway/providers/provider'
import { textEvent } from '#tests/upstreams/chat-events'
import { chatCall, embedCall } from '#tests/upstreams/provider-call'
import {
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

const secret = 'sk-Distinctive"\\Key-4711'
let upstream: ScriptedUpstream
let transport: Transport

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  transport = createTransport({ connectTimeoutMs: 5_000 })
})

afterAll(async () => {
  await transport.close()
  await upstream.close()
})

afterEach(() => {
  upstream.respond([{ kind: 'json', body: {} }])
})

const token = () => ({ token: secret, expiresOnTimestamp: 3_600_000 })
const source = createBearerTokenSource({ credential: { getToken: async () => token() }, now: () => 0 })

const providers: Record<string, () => Provider> = {
  'Azure with a key': () =>
    createAzureOpenAIClient({ credential: { kind: 'key', key: secret }, apiVersion: 'v', transport }),
  'Azure with a token': () =>
    createAzureOpenAIClient({ credential: { kind: 'token', source }, apiVersion: 'v', transport }),
  OpenAI: () => createOpenAIClient({ apiKey: secret, transport }),
  Anthropic: () => createAnthropicClient({ apiKey: secret, transport, now: () => 0 }),
}

/** An upstream that says the key back in every place an answer has. */
const failures: Record<string, readonly Step[]> = {
  'an error answer': [
    {
      kind: 'json',
      status: 401,
      headers: { 'x-echo': secret },
      body: { error: { message: `bad key ${secret}`, code: secret, innererror: [secret] } },
    },
  ],
  'an error answer of text': [
    { kind: 'head', status: 500 },
    { kind: 'chunk', data: `${secret} ${secret}` },
  ],
  'an error in the stream': [
    { kind: 'head' },
    {
      kind: 'chunk',
      data: sse(textEvent('a'), {
        type: 'error',
        error: { message: secret, type: secret, innererror: { deep: [secret] } },
      }),
    },
    { kind: 'never' },
  ],
  'a malformed answer': [{ kind: 'head' }, { kind: 'chunk', data: secret }],
  'an odd content type': [
    { kind: 'head', headers: { 'content-type': `application/json; note=${secret}` } },
    { kind: 'never' },
  ],
  'a cut stream': [{ kind: 'head' }, { kind: 'chunk', data: sse(secret) }, { kind: 'destroy' }],
  'a reset': [{ kind: 'destroy' }],
  'bytes that are no HTTP': [{ kind: 'raw', data: `${secret}\r\n\r\n` }, { kind: 'never' }],
  silence: [{ kind: 'never' }],
}

/** Everything a log could make of an error. */
function seen(error: unknown): string {
  if (!ProviderError.is(error)) throw error
  const { message, stack, cause, evidence } = error
  return [message, stack, String(cause), JSON.stringify(evidence), JSON.stringify(error)].join('\n')
}

async function outcomes(provider: Provider, endpoint: string): Promise<string[]> {
  const timers = { attemptMs: 100, firstTokenMs: 100, idleMs: 100 }
  const body = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }], stream: true }
  const attempts = [
    async () => provider.chat(chatCall({ endpoint, timers, body })),
    async () => {
      const { frames } = await provider.chatStream(chatCall({ endpoint, timers, body }))
      for await (const _frame of frames);
    },
    async () => provider.embed(embedCall({ endpoint, timers })),
    async () => provider.chat(chatCall({ endpoint, timers, signal: AbortSignal.abort() })),
  ]
  const told: string[] = []
  for (const attempt of attempts) {
    const settled = await Promise.allSettled([attempt()])
    for (const one of settled) if (one.status === 'rejected') told.push(seen(one.reason))
  }
  return told
}

function expectNoSecret(told: readonly string[]): void {
  expect(told.length).toBeGreaterThan(0)
  for (const text of told) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
    expect(text).not.toContain('Key-4711')
  }
}

describe.each(Object.keys(providers))('%s', (name) => {
  const provider = () => providers[name]?.() ?? expect.unreachable()

  it.each(Object.entries(failures))('shows no key in %s', async (_what, steps) => {
    upstream.respond(steps)
    expectNoSecret(await outcomes(provider(), upstream.url))
  })

  it('shows no key when the provider cannot be reached or may not be', async () => {
    const gone = await startScriptedUpstream()
    await gone.close()
    expectNoSecret(await outcomes(provider(), gone.url))
    expectNoSecret(await outcomes(provider(), 'http://example.com'))
    expectNoSecret(await outcomes(provider(), `https://user:${encodeURIComponent(secret)}@example.com`))
  })
})

it('a key that cannot be a header is refused without being shown', async () => {
  const broken = createOpenAIClient({ apiKey: `${secret}\nx: y`, transport })
  expectNoSecret(await outcomes(broken, upstream.url))
})
