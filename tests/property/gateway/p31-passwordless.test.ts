import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAzureOpenAIClient } from '#server/gateway/providers/azure-openai-client'
import { createBearerTokenSource } from '#server/gateway/providers/bearer-token-source'
import { createTransport, type Transport } from '#server/gateway/providers/http-transport'
import { ProviderError } from '#server/gateway/providers/provider'
import { answerBody, finishEvent, textEvent, usageEvent } from '#tests/upstreams/chat-events'
import { chatCall, embedCall, readStream } from '#tests/upstreams/provider-call'
import { type ScriptedUpstream, sse, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

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

/** What happens between two calls: time passes, and the identity may be down. */
const moment = fc.record({
  passesMs: fc.oneof(fc.nat({ max: 30_000 }), fc.nat({ max: 4 * 3_600_000 })),
  lifeMs: fc.integer({ min: 1_000, max: 2 * 3_600_000 }),
  down: fc.boolean(),
  operation: fc.constantFrom('chat', 'stream', 'embed'),
})

interface Issued {
  token: string
  issuedAtMs: number
  expiresAtMs: number
}

function startIdentity() {
  const clock = { nowMs: 1_700_000_000_000 }
  const state = { down: false, lifeMs: 0, underWay: 0, mostUnderWay: 0 }
  const issued: Issued[] = []
  const credential = {
    async getToken() {
      state.underWay += 1
      state.mostUnderWay = Math.max(state.mostUnderWay, state.underWay)
      const { down, lifeMs } = state
      const [issuedAtMs, token] = [clock.nowMs, `token-${issued.length}`]
      await Promise.resolve()
      state.underWay -= 1
      if (down) throw new Error('the identity is down')
      issued.push({ token, issuedAtMs, expiresAtMs: issuedAtMs + lifeMs })
      return { token, expiresOnTimestamp: issuedAtMs + lifeMs }
    },
  }
  return { clock, state, issued, source: createBearerTokenSource({ credential, now: () => clock.nowMs }) }
}

it('P31 with a token credential no key goes out and every token is good when it is sent, for any sequence of times', async () => {
  const events = sse(textEvent('a'), finishEvent(), usageEvent, '[DONE]')
  const embeddings = { data: [], usage: { prompt_tokens: 1, total_tokens: 1 } }
  upstream.respond((request) => {
    if (request.path.includes('/embeddings')) return [{ kind: 'json', body: embeddings }]
    if (request.body.includes('"stream":true')) return [{ kind: 'head' }, { kind: 'chunk', data: events }]
    return [{ kind: 'json', body: answerBody }]
  })
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 12 }), async (moments) => {
      const { clock, state, issued, source } = startIdentity()
      const provider = createAzureOpenAIClient({
        credential: { kind: 'token', source },
        apiVersion: '2024-10-21',
        transport,
      })
      for (const { passesMs, lifeMs, down, operation } of moments) {
        clock.nowMs += passesMs
        Object.assign(state, { lifeMs, down })
        const before = upstream.requests.length
        const evidence = await ask(operation, provider)
        const sent = upstream.requests.slice(before)
        expect(evidence === null ? sent.length : 0).toBe(evidence === null ? 1 : 0)
        if (evidence !== null)
          expect({ evidence, down, sent: sent.length }).toEqual({
            evidence: 'credentials',
            down: true,
            sent: 0,
          })
        for (const { headers } of sent) {
          const token = issued.find((one) => `Bearer ${one.token}` === headers.authorization)
          expect(token).toBeDefined()
          expect(token?.expiresAtMs).toBeGreaterThan(clock.nowMs)
          expect(headers).not.toHaveProperty('api-key')
          expect(headers).not.toHaveProperty('x-api-key')
        }
      }
      expect(state.mostUnderWay).toBeLessThanOrEqual(1)
    }),
    { numRuns: 60 },
  )
})

it('P31 an identity that answers is asked before the token ends, so that frequent calls never wait twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2_000, max: 7_200_000 }),
      fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: 1, maxLength: 200 }),
      async (lifeMs, steps) => {
        const { clock, state, issued, source } = startIdentity()
        state.lifeMs = lifeMs
        await source.get()
        for (const share of steps) {
          clock.nowMs += Math.floor(share * lifeMs)
          const held = source.get()
          expect(typeof held).toBe('string')
          await settle()
          expect(issued.find((one) => one.token === held)?.expiresAtMs).toBeGreaterThan(clock.nowMs)
        }
      },
    ),
    { numRuns: 100 },
  )
})

/** Lets a background renewal of the identity above, which takes a few microtasks, come to its end. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

async function ask(
  operation: string,
  provider: ReturnType<typeof createAzureOpenAIClient>,
): Promise<string | null> {
  const endpoint = upstream.url
  if (operation === 'stream')
    return (await readStream(provider, chatCall({ endpoint }))).failure?.kind ?? null
  try {
    await (operation === 'chat'
      ? provider.chat(chatCall({ endpoint }))
      : provider.embed(embedCall({ endpoint })))
    return null
  } catch (error) {
    if (ProviderError.is(error)) return error.evidence.kind
    throw error
  }
}
