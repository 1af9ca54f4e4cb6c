import { describe, expect, it } from 'vitest'
import { parseReplayLine } from '#lib/migration/replay-line'

const request = { model: 'premium', messages: [{ role: 'user', content: 'Hi' }] }
const parse = (value: unknown) => parseReplayLine(JSON.stringify(value), 7)

describe('a line of a saved set', () => {
  it('is a chat request, perhaps with an id and what is expected', () => {
    expect(parse({ request })).toEqual({ ok: true, line: { id: 'line 7', request, expected: null } })
    expect(parse({ id: 'a', request, expected: 'Hello' })).toMatchObject({
      ok: true,
      line: { id: 'a', expected: 'Hello' },
    })
    const toolCalls = [{ name: 'price', arguments: { days: 7 } }]
    expect(parse({ request, expected: { toolCalls } })).toMatchObject({ line: { expected: { toolCalls } } })
  })

  it.each([
    ['{"request":', 'is no JSON'],
    ['{}', 'request: '],
    [
      JSON.stringify({ request: { ...request, messages: [] } }),
      'request.messages: must hold at least one message',
    ],
    [JSON.stringify({ request, expectd: 'Hello' }), 'expectd'],
    [JSON.stringify({ request, expected: '' }), 'expected'],
    [JSON.stringify({ request: { ...request, temperature: 3 } }), 'request.temperature: '],
  ])('is refused: %s', (text, message) => {
    expect(parseReplayLine(text, 1)).toEqual({ ok: false, message: expect.stringContaining(message) })
  })
})
