import { describe, expect, it } from 'vitest'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { type AnthropicVersion, translateAnthropicRequest } from '#lib/gateway/translate-anthropic-request'

const hello = [{ role: 'user' as const, content: 'hello' }]

function translate(body: Partial<ChatRequestBody>, version: AnthropicVersion = '2026-10-21') {
  return translateAnthropicRequest({
    body: { model: 'premium', messages: hello, ...body },
    model: 'claude-x',
    stream: false,
    version,
  })
}

function requestOf(body: Partial<ChatRequestBody>, version?: AnthropicVersion) {
  const result = translate(body, version)
  if (result.kind === 'refused') throw new Error(result.message)
  return result.request
}

function notesOf(body: Partial<ChatRequestBody>, version?: AnthropicVersion) {
  const result = translate(body, version)
  return result.kind === 'refused' ? [] : result.notes
}

describe('messages', () => {
  it('gathers system and developer texts and merges turns of one role', () => {
    const request = requestOf({
      messages: [
        { role: 'system', content: 'You are Emma.' },
        { role: 'user', content: 'Hi' },
        { role: 'user', content: [{ type: 'text', text: 'again' }] },
        { role: 'assistant', content: 'Yes?' },
        { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: '' },
        { role: 'user', content: 'Bye' },
      ],
    })
    expect(request.system).toBe('You are Emma.\n\nBe brief.')
    expect(request.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'again' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] },
      { role: 'user', content: [{ type: 'text', text: 'Bye' }] },
    ])
  })

  it('carries tool calls and their results', () => {
    const request = requestOf({
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'price', arguments: '{"of":"photo"}' } },
            { id: 'b', type: 'function', function: { name: 'now', arguments: '' } },
            { id: 'c', type: 'function', function: { name: 'odd', arguments: 'not json' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: '5' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'noon' }] },
        { role: 'user', content: 'thanks' },
      ],
    })
    expect(request.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'hello' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'price', input: { of: 'photo' } },
          { type: 'tool_use', id: 'b', name: 'now', input: {} },
          { type: 'tool_use', id: 'c', name: 'odd', input: { arguments: 'not json' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: '5' }] },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'noon' }] },
          { type: 'text', text: 'thanks' },
        ],
      },
    ])
  })

  it('carries images by address and inline', () => {
    const content = [
      { type: 'image_url' as const, image_url: { url: 'https://cdn.example.com/a.png' } },
      { type: 'image_url' as const, image_url: { url: 'data:image/PNG;base64,aGk=' } },
    ]
    expect(requestOf({ messages: [{ role: 'user', content }] }).messages[0]?.content).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://cdn.example.com/a.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
    ])
  })

  it('puts a turn of the user before an assistant’s beginning, and says so', () => {
    const messages = [{ role: 'assistant' as const, content: 'Hi' }, ...hello]
    expect(requestOf({ messages }).messages[0]).toEqual({
      role: 'user',
      content: [{ type: 'text', text: '…' }],
    })
    expect(notesOf({ messages })).toHaveLength(1)
  })
})

describe('parameters', () => {
  it('limits output to the newer field, the older one, or 4,096', () => {
    expect(requestOf({ max_tokens: 5, max_completion_tokens: 7 }).max_tokens).toBe(7)
    expect(requestOf({ max_tokens: 5 }).max_tokens).toBe(5)
    expect(requestOf({}).max_tokens).toBe(4096)
  })

  it('sends nothing that was not asked for', () => {
    expect(requestOf({})).toEqual({
      model: 'claude-x',
      max_tokens: 4096,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    })
    expect(notesOf({ n: 1, seed: null, logprobs: false, presence_penalty: 0 })).toEqual([])
  })

  it('carries stop sequences, the user and the effort', () => {
    expect(requestOf({ stop: 'END', user: 'u1', reasoning_effort: 'minimal' })).toMatchObject({
      stop_sequences: ['END'],
      metadata: { user_id: 'u1' },
      output_config: { effort: 'low' },
    })
    expect(requestOf({ stop: ['a', '\n'] }).stop_sequences).toEqual(['a'])
    expect(notesOf({ stop: ['a', '\n'] })).toHaveLength(1)
    expect(requestOf({ reasoning_effort: 'none' }).output_config).toBeUndefined()
  })

  it('drops sampling under the version that refuses it, and keeps it within bounds under the older one', () => {
    expect(requestOf({ temperature: 0.4, top_p: 0.9 })).not.toHaveProperty('temperature')
    expect(notesOf({ temperature: 0.4, top_p: 0.9 })).toEqual(['dropped "temperature"', 'dropped "top_p"'])
    expect(requestOf({ temperature: 1.6 }, '2023-06-01')).toMatchObject({ temperature: 1 })
    expect(requestOf({ top_p: 0.5 }, '2023-06-01')).toMatchObject({ top_p: 0.5 })
    expect(requestOf({ temperature: 0.2, top_p: 0.5 }, '2023-06-01')).not.toHaveProperty('top_p')
  })

  it('notes what it drops', () => {
    const body = {
      seed: 4,
      logprobs: true,
      top_logprobs: 3,
      presence_penalty: 1,
      frequency_penalty: -1,
      logit_bias: { 1: 2 },
    }
    expect(notesOf(body).sort()).toEqual(
      Object.keys(body)
        .map((name) => `dropped "${name}"`)
        .sort(),
    )
  })

  it('uses structured output for a schema, and an instruction for any JSON', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    }
    const format = { type: 'json_schema' as const, json_schema: { name: 'x', schema, strict: true } }
    expect(requestOf({ response_format: format }).output_config).toEqual({
      format: { type: 'json_schema', schema },
    })
    const messages = [{ role: 'system' as const, content: 'Be kind.' }, ...hello]
    expect(requestOf({ messages, response_format: { type: 'json_object' } }).system).toMatch(
      /^Be kind\.\n\n.*JSON object/,
    )
    expect(requestOf({ response_format: { type: 'text' } })).not.toHaveProperty('output_config')
  })
})

describe('tools', () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'f',
        description: 'does f',
        parameters: { type: 'object', properties: { a: {} } },
        strict: true,
      },
    },
    { type: 'function', function: { name: 'g' } },
  ]

  it('translates functions', () => {
    expect(requestOf({ tools }).tools).toEqual([
      {
        name: 'f',
        description: 'does f',
        input_schema: { type: 'object', properties: { a: {} } },
        strict: true,
      },
      { name: 'g', input_schema: { type: 'object', properties: {} } },
    ])
  })

  it.each([
    [{}, undefined],
    [{ tool_choice: 'auto' }, undefined],
    [{ tool_choice: 'none' }, { type: 'none' }],
    [{ tool_choice: 'required' }, { type: 'any' }],
    [{ tool_choice: { type: 'function', function: { name: 'f' } } }, { type: 'tool', name: 'f' }],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { tool_choice: 'required', parallel_tool_calls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
  ])('translates %j', (body, expected) => {
    expect(requestOf({ tools, ...body }).tool_choice).toEqual(expected)
  })
})

describe('refusals', () => {
  it.each([
    ['several choices', { n: 2 }, 'n must be 1'],
    ['other tools', { tools: [{ type: 'web_search' }] }, 'web_search'],
    ['an unknown tool choice', { tool_choice: { type: 'allowed_tools' } }, 'tool_choice'],
    ['sound', { modalities: ['text', 'audio'] }, 'text only'],
    ['data sources', { data_sources: [{}] }, 'data_sources'],
    ['old functions', { functions: [{ name: 'f' }] }, 'functions'],
    ['a schema format without schema', { response_format: { type: 'json_schema' as const } }, 'schema'],
    ['files', { messages: [{ role: 'user' as const, content: [{ type: 'file' as const }] }] }, 'file'],
    ['function messages', { messages: [{ role: 'function' as const, content: 'x' }] }, 'function'],
    ['nothing to say', { messages: [{ role: 'user' as const, content: ' ' }] }, 'with content'],
  ])('refuses %s', (_what, body, reason) => {
    const result = translate(body)
    expect(result.kind === 'refused' && result.message).toContain(reason)
  })
})
