import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HttpStream } from '#server/gateway/providers/http-transport'
import { createOpenAIFrameParser } from '#server/gateway/providers/openai-chat-frames'
import { ProviderError } from '#server/gateway/providers/provider'
import { readFrames } from '#server/gateway/providers/read-frames'
import {
  finishEvent,
  promptFilterEvent,
  roleEvent,
  textEvent,
  usageEvent,
} from '#tests/upstreams/chat-events'
import { sse } from '#tests/upstreams/scripted-upstream'

/** A body that arrives in these pieces and ends well, or breaks. */
function bodyOf(pieces: readonly Buffer[], breaks: boolean): HttpStream & { left: string[] } {
  const rest = [...pieces]
  const left: string[] = []
  return {
    left,
    headers: {},
    async read() {
      const piece = rest.shift()
      if (piece === undefined && breaks) throw new ProviderError({ kind: 'cut_stream', message: 'lost' })
      return piece ?? null
    },
    markContent: () => undefined,
    finish: () => left.push('finished'),
    cancel: () => left.push('cancelled'),
  }
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...places, bytes.length].map((place, index) =>
    bytes.subarray(index === 0 ? 0 : places[index - 1], place),
  )
}

async function read(stream: HttpStream) {
  let text = ''
  let usage = 0
  try {
    for await (const frame of readFrames({ stream, parser: createOpenAIFrameParser(1), secrets: [] })) {
      text += frame.text
      if (frame.usage !== null) usage += 1
    }
    return { text, usage, failure: null }
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { text, usage, failure: error.evidence.kind }
  }
}

const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 20 })
const cuts = fc.array(fc.nat(), { maxLength: 30 })

it('P3 the texts of a stream add up to the answer and its usage arrives once, however its bytes are split', async () => {
  await fc.assert(
    fc.asyncProperty(texts, cuts, fc.boolean(), async (tokens, places, done) => {
      const events = [
        promptFilterEvent,
        roleEvent,
        ...tokens.map((token) => textEvent(token)),
        finishEvent(),
        usageEvent,
      ]
      const stream = bodyOf(split(Buffer.from(sse(...events, ...(done ? ['[DONE]'] : []))), places), false)
      expect(await read(stream)).toEqual({ text: tokens.join(''), usage: 1, failure: null })
      expect(stream.left).toEqual(['finished'])
    }),
  )
})

it('P3 a stream cut before its finish reason never looks finished, and all that came before is there', async () => {
  await fc.assert(
    fc.asyncProperty(texts, cuts, fc.nat(), fc.boolean(), async (tokens, places, at, breaks) => {
      const whole = Buffer.from(sse(promptFilterEvent, roleEvent, ...tokens.map((token) => textEvent(token))))
      const cut = whole.subarray(0, at % (whole.length + 1))
      const stream = bodyOf(split(cut, places), breaks)
      const { text, failure } = await read(stream)
      expect(failure).toMatch(/^(cut_stream|malformed)$/)
      expect(tokens.join('').startsWith(text)).toBe(true)
      expect(text.length).toBeGreaterThanOrEqual(completeTexts(cut, tokens).length)
      expect(stream.left).toEqual(['cancelled'])
    }),
  )
})

/** The texts whose whole event lies before the cut. */
function completeTexts(cut: Buffer, tokens: readonly string[]): string {
  const events = cut.toString('utf8').split('\n\n').length - 1
  return tokens.slice(0, Math.max(0, events - 2)).join('')
}
