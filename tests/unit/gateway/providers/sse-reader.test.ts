import { describe, expect, it } from 'vitest'
import { ProviderError } from '#server/gateway/providers/provider'
import { createSseReader, type SseEvent } from '#server/gateway/providers/sse-reader'

function read(...chunks: (string | Uint8Array)[]): SseEvent[] {
  const reader = createSseReader()
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  return [...bytes.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

function data(...texts: string[]): SseEvent[] {
  return texts.map((text) => ({ event: 'message', data: text }))
}

describe('sse reader', () => {
  it.each([
    ['one event', ['data: {"a":1}\n\n'], data('{"a":1}')],
    ['several events in one chunk', ['data: a\n\ndata: b\n\n'], data('a', 'b')],
    ['no space after the colon', ['data:a\n\n'], data('a')],
    ['only one space is taken', ['data:  a\n\n'], data(' a')],
    ['carriage return and line feed', ['data: a\r\n\r\ndata: b\r\n\r\n'], data('a', 'b')],
    ['carriage return alone', ['data: a\r\rdata: b\r\r'], data('a', 'b')],
    ['a line end split over chunks', ['data: a\r', '\n\r', '\ndata: b\r\n\r\n'], data('a', 'b')],
    ['data over several lines', ['data: a\ndata: b\ndata\n\n'], data('a\nb\n')],
    ['comments', [': keep-alive\n\n: more\ndata: a\n\n'], data('a')],
    ['fields that mean nothing here', ['id: 1\nretry: 5\nwhat: ever\ndata: a\n\n'], data('a')],
    ['an event without data is none', ['event: ping\n\ndata: a\n\n'], data('a')],
    ['a byte order mark', ['\uFEFFdata: a\n\n'], data('a')],
    [
      'a byte order mark in pieces',
      [Buffer.from([0xef]), Buffer.from([0xbb]), Buffer.from([0xbf]), 'data: a\n\n'],
      data('a'),
    ],
    ['a byte order mark later is text', ['data: a\n\n', 'data: \uFEFF\n\n'], data('a', '\uFEFF')],
    ['a missing last blank line', ['data: a\n\ndata: b\n'], data('a', 'b')],
    ['a missing last line end', ['data: a\n\ndata: [DONE]'], data('a', '[DONE]')],
    ['an empty body', [''], []],
    ['empty data', ['data\n\n'], data('')],
    [
      'invalid bytes become replacement characters',
      [Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a])],
      data('\uFFFD'),
    ],
  ])('reads %s', (_what, chunks, expected) => {
    expect(read(...chunks)).toEqual(expected)
  })

  it('names the event', () => {
    expect(read('event: message_start\ndata: {}\n\ndata: a\n\n')).toEqual([
      { event: 'message_start', data: '{}' },
      { event: 'message', data: 'a' },
    ])
  })

  it.each([
    ['in one line', (size: number) => ['data: ', 'x'.repeat(size)]],
    [
      'over many lines',
      (size: number) => Array.from({ length: size / 1000 }, () => `data: ${'x'.repeat(1000)}\n`),
    ],
    ['whole in one chunk', (size: number) => [`data: ${'x'.repeat(size)}\n\n`]],
  ])('refuses an event above 1 MiB %s', (_what, make) => {
    const attempt = () => read(...make(1024 * 1024 + 1000))
    expect(attempt).toThrow(ProviderError)
    expect(attempt).toThrow('larger than')
  })

  it('takes many events that are large together', () => {
    expect(
      read(...Array.from({ length: 40 }, () => `: c\nid: 1\ndata: ${'x'.repeat(100_000)}\n\n`)),
    ).toHaveLength(40)
  })
})
