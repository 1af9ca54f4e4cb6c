import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSseReader, type SseEvent } from '#server/gateway/providers/sse-reader'

const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
const line = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, ''))
const name = fc.constantFrom('', 'message_start', 'ping', 'ünï')
const event = fc.record({
  name,
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  comment: fc.boolean(),
  end: lineEnd,
})

type Written = { name: string; lines: string[]; comment: boolean; end: string }

function write({ name, lines, comment, end }: Written): string {
  const fields = lines.map((text) => `data: ${text}${end}`).join('')
  return `${comment ? `: note${end}` : ''}${name === '' ? '' : `event: ${name}${end}`}${fields}${end}`
}

function expected({ name, lines }: Written): SseEvent {
  return { event: name === '' ? 'message' : name, data: lines.join('\n').toWellFormed() }
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...places, bytes.length].map((place, index) =>
    bytes.subarray(index === 0 ? 0 : places[index - 1], place),
  )
}

it('reads the same events however the bytes are split', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), fc.array(fc.nat()), fc.boolean(), (events, cuts, mark) => {
      const bytes = Buffer.from((mark ? '\uFEFF' : '') + events.map(write).join(''))
      const reader = createSseReader()
      const read = [...split(bytes, cuts).flatMap((chunk) => reader.push(chunk)), ...reader.end()]
      expect(read).toEqual(events.map(expected))
    }),
    { numRuns: 500 },
  )
})

it('reads the same events byte by byte', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 3 }), (events) => {
      const reader = createSseReader()
      const bytes = Buffer.from(events.map(write).join(''))
      const read = [...[...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte))), ...reader.end()]
      expect(read).toEqual(events.map(expected))
    }),
  )
})
