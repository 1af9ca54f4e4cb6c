import { expect, it } from 'vitest'
import { joinChunks } from '#lib/gateway/join-chunks'

const delta = (fields: object, finish_reason: string | null = null) =>
  JSON.stringify({ id: 'c1', model: 'm', choices: [{ index: 0, delta: fields, finish_reason }] })
const part = (index: number, fields: object) => delta({ tool_calls: [{ index, ...fields }] })

it('tool calls of a stream are joined part by part', () => {
  const whole = joinChunks([
    delta({ role: 'assistant', content: null }),
    part(0, { id: 'call_a', type: 'function', function: { name: 'price', arguments: '' } }),
    part(0, { function: { arguments: '{"days"' } }),
    part(1, { id: 'call_b', type: 'function', function: { name: 'note', arguments: '{}' } }),
    part(0, { function: { arguments: ':7}' } }),
    delta({}, 'tool_calls'),
  ])
  expect(JSON.parse(whole ?? 'null').choices).toEqual([
    {
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_a', type: 'function', function: { name: 'price', arguments: '{"days":7}' } },
          { id: 'call_b', type: 'function', function: { name: 'note', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    },
  ])
})

it('parts that fit nowhere, the old function calls and audio are not joined', () => {
  expect(joinChunks([part(1, { function: { arguments: '{}' } })])).toBeNull()
  expect(joinChunks([part(0, {}), delta({ tool_calls: [{}] })])).toBeNull()
  expect(joinChunks([delta({ function_call: { name: 'price' } })])).toBeNull()
  expect(joinChunks([delta({ audio: { data: 'x' } })])).toBeNull()
})
