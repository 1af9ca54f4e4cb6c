import type { ChatRequestBody } from '#lib/contracts/openai'
import type { SimulatorFaultKind } from '#lib/contracts/simulator'

const priceTool = {
  type: 'function',
  function: {
    name: 'get_price',
    description: 'Price of an item',
    parameters: {
      type: 'object',
      properties: { item: { type: 'string' }, count: { type: 'integer', minimum: 1 } },
      required: ['item', 'count'],
      additionalProperties: false,
    },
  },
}

const schema = {
  type: 'object',
  properties: { mood: { type: 'string', enum: ['glad', 'sad'] }, score: { type: 'number' } },
  required: ['mood', 'score'],
  additionalProperties: false,
}

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const question = { role: 'user' as const, content: 'What do you like about the sea?' }

/** A chat request without `model`. */
export type ChatScenario = Pick<
  ChatRequestBody,
  'messages' | 'n' | 'max_tokens' | 'stop' | 'tools' | 'tool_choice' | 'response_format'
>

export const plainQuestion: ChatScenario = { messages: [question] }

/** Chat requests of every kind the gateway passes on, in OpenAI's dialect, without `model`. */
export const chatScenarios: Readonly<Record<string, ChatScenario>> = {
  'a plain question': plainQuestion,
  'a conversation': {
    messages: [
      { role: 'system', content: 'You are Emma.' },
      { role: 'developer', content: 'Be brief.' },
      question,
      { role: 'assistant', content: 'The waves.' },
      { role: 'user', content: [{ type: 'text', text: 'And — naïve 🙂 — the rest?' }] },
    ],
  },
  'a limit': { messages: [question], max_tokens: 5 },
  'a stop sequence': { messages: [question], stop: [' '] },
  'several choices': { messages: [question], n: 3 },
  'a required tool': { messages: [question], tools: [priceTool], tool_choice: 'required' },
  'a named tool': {
    messages: [question],
    tools: [priceTool],
    tool_choice: { type: 'function', function: { name: 'get_price' } },
  },
  'a tool result': {
    messages: [
      question,
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'get_price', arguments: '{"item":"photo","count":1}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '5 USD' },
    ],
    tools: [priceTool],
  },
  'any JSON': {
    messages: [{ role: 'user', content: 'Answer in JSON.' }],
    response_format: { type: 'json_object' },
  },
  'JSON by a schema': {
    messages: [question],
    response_format: { type: 'json_schema', json_schema: { name: 'mood', schema, strict: true } },
  },
  'an image': {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: pixel } },
        ],
      },
    ],
  },
}

/** More than 1,024 tokens, so that providers cache it. */
export const longPrompt = Array.from({ length: 2_000 }, (_, index) => `word${index % 97}`).join(' ')

/** Faults whose whole effect is an error or a lost connection instead of an answer. */
export const faultKinds: readonly SimulatorFaultKind[] = [
  'rate_limited',
  'rate_limited_bare',
  'ptu_full',
  'server_error',
  'content_filter',
  'context_length',
  'unauthorized',
  'forbidden',
  'not_found',
  'bare_not_found',
  'retired',
  'reset',
  'region_dark',
]
