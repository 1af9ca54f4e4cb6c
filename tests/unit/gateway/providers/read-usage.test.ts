import { describe, expect, it } from 'vitest'
import { readChatAnswer } from '#lib/gateway/read-chat-answer'
import { readFinishReason, readUsage } from '#lib/gateway/read-usage'

describe('readUsage', () => {
  it('reads totals and parts', () => {
    const value = {
      prompt_tokens: 2000,
      completion_tokens: 300,
      total_tokens: 2300,
      prompt_tokens_details: { cached_tokens: 1408, cache_write_tokens: 100, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 128 },
    }
    expect(readUsage(value)).toEqual({
      inputTokens: 2000,
      cachedInputTokens: 1408,
      cacheWriteTokens: 100,
      outputTokens: 300,
      reasoningTokens: 128,
      source: 'provider',
    })
  })

  it('takes absent and null parts, and embeddings without output, for 0', () => {
    const value = {
      prompt_tokens: 5,
      prompt_tokens_details: null,
      completion_tokens_details: { reasoning_tokens: null },
    }
    expect(readUsage(value)).toMatchObject({
      inputTokens: 5,
      outputTokens: 0,
      cachedInputTokens: 0,
      reasoningTokens: 0,
    })
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['text', 'x'],
    ['no input', { completion_tokens: 1 }],
    ['a negative count', { prompt_tokens: -1, completion_tokens: 1 }],
    ['a fraction', { prompt_tokens: 1.5, completion_tokens: 1 }],
    ['a count as text', { prompt_tokens: '1', completion_tokens: 1 }],
    ['a count beyond exact integers', { prompt_tokens: 2 ** 60, completion_tokens: 1 }],
    [
      'a negative part',
      { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: -1 } },
    ],
    [
      'more cached than sent',
      { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
    ],
    [
      'more reasoning than output',
      { prompt_tokens: 1, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 2 } },
    ],
  ])('takes %s for no usage', (_what, value) => {
    expect(readUsage(value)).toBeNull()
  })
})

describe('readFinishReason', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['function_call', 'function_call'],
    ['eos', 'stop'],
    ['', null],
    [null, null],
    [undefined, null],
    [7, null],
  ])('reads %j as %j', (value, expected) => {
    expect(readFinishReason(value)).toBe(expected)
  })
})

describe('readChatAnswer', () => {
  it('joins the texts of all choices, tool calls included', () => {
    const answer = {
      choices: [
        { message: { content: 'a', refusal: null }, finish_reason: 'stop' },
        {
          message: { content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
          finish_reason: 'tool_calls',
        },
        { message: { refusal: 'No.' } },
        null,
      ],
    }
    expect(readChatAnswer(answer)).toEqual({ content: 'af{}No.', usage: null, finishReason: 'stop' })
  })

  it.each([null, [], 'x', {}, { choices: {} }])('takes %j for no answer', (value) => {
    expect(readChatAnswer(value)).toBeNull()
  })
})
