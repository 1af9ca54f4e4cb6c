import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chainCatalog, startGateway, type TestGateway } from '#tests/support/start-gateway'
import {
  answerBody,
  finishEvent,
  promptFilterEvent,
  roleEvent,
  textEvent,
  usageEvent,
} from '#tests/upstreams/chat-events'
import {
  type ScriptedUpstream,
  type Step,
  sse,
  startScriptedUpstream,
} from '#tests/upstreams/scripted-upstream'

let upstream: ScriptedUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  gateway = await startGateway({ catalog: chainCatalog([upstream.url]) })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const pieces = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 20,
})
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })

/** The bytes in as many network chunks as `at` says, cut anywhere, inside a character too. */
function chunks(text: string, at: readonly number[]): Step[] {
  const bytes = Buffer.from(text)
  const places = [...new Set([0, ...at.map((share) => Math.floor(share * bytes.length)), bytes.length])].sort(
    (a, b) => a - b,
  )
  return places.slice(1).map((end, index) => ({ kind: 'chunk', data: bytes.subarray(places[index], end) }))
}

async function ask(stream: boolean) {
  const response = await gateway.post('/api/v1/chat/completions', {
    model: 'premium',
    messages: [{ role: 'user', content: 'Hello?' }],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  })
  return { response, text: await response.text() }
}

function read(raw: string) {
  const events = raw
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.slice('data: '.length))
  const frames = events.filter((event) => event !== '[DONE]').map((event) => JSON.parse(event))
  return {
    content: frames.map((frame) => frame.choices?.[0]?.delta?.content ?? '').join(''),
    finish: frames
      .map((frame) => frame.choices?.[0]?.finish_reason)
      .filter((reason) => typeof reason === 'string'),
    usage: frames.map((frame) => frame.usage).filter((usage) => usage),
    error: frames.find((frame) => frame.error)?.error,
    done: events.at(-1) === '[DONE]',
  }
}

describe('streams', () => {
  it('P3 the concatenation equals the whole answer, and usage arrives, however the bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, cuts, async (texts, at) => {
        const raw = sse(
          promptFilterEvent,
          roleEvent,
          ...texts.map((text) => textEvent(text)),
          finishEvent(),
          usageEvent,
          '[DONE]',
        )
        const whole = {
          ...answerBody,
          choices: [
            { index: 0, message: { role: 'assistant', content: texts.join('') }, finish_reason: 'stop' },
          ],
        }
        upstream.respond([{ kind: 'json', body: whole }], [{ kind: 'head' }, ...chunks(raw, at)])
        const answer = JSON.parse((await ask(false)).text)
        const said = read((await ask(true)).text)
        expect(said.content).toBe(answer.choices[0].message.content)
        expect(said).toMatchObject({ finish: ['stop'], usage: [answer.usage], done: true, error: undefined })
      }),
      { numRuns: 60 },
    )
  })

  it('P3 a stream cut anywhere never looks finished', async () => {
    const ends = fc.constantFrom<Step>({ kind: 'destroy' }, { kind: 'end' })
    await fc.assert(
      fc.asyncProperty(
        pieces,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        ends,
        async (texts, share, end) => {
          const raw = Buffer.from(sse(promptFilterEvent, roleEvent, ...texts.map((text) => textEvent(text))))
          const cut = raw.subarray(0, Math.floor(share * raw.length))
          upstream.respond([{ kind: 'head' }, { kind: 'chunk', data: cut }, end])
          const { response, text } = await ask(true)
          expect(text).not.toContain('[DONE]')
          if (!response.ok) {
            expect(JSON.parse(text).error.code).toMatch(/stream_interrupted|provider_unavailable/)
            return
          }
          const said = read(text)
          expect(said).toMatchObject({
            finish: [],
            done: false,
            error: { code: 'stream_interrupted', type: 'server_error' },
          })
          expect(texts.join('').startsWith(said.content)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('P3 tokens reach the caller as they arrive', async () => {
    const gates = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
    ]
    upstream.respond([
      { kind: 'head' },
      { kind: 'chunk', data: sse(promptFilterEvent, roleEvent, textEvent('one')) },
      ...gates.flatMap((gate, index): Step[] => [
        { kind: 'wait', until: gate.promise },
        { kind: 'chunk', data: sse(textEvent(`-${index}`)) },
      ]),
      { kind: 'chunk', data: sse(finishEvent(), usageEvent, '[DONE]') },
    ])
    const response = await gateway.post('/api/v1/chat/completions', {
      model: 'premium',
      stream: true,
      messages: [{ role: 'user', content: 'x' }],
    })
    const reader = response.body?.getReader()
    let text = ''
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) text += Buffer.from((await reader?.read())?.value ?? []).toString()
    }
    await until('"one"')
    for (const [index, gate] of gates.entries()) {
      expect(text).not.toContain(`"-${index}"`)
      gate.resolve()
      await until(`"-${index}"`)
    }
    await until('[DONE]')
  })
})
