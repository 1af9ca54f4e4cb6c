import { describe, expect, it } from 'vitest'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { answerCacheSettings, findCacheRule } from '#lib/gateway/answer-cache-rules'
import { readCacheMode, whyUncacheable } from '#lib/gateway/cacheable-request'

const rule = { maxTemperature: 0 }
const asking = (changes: Partial<ChatRequestBody> = {}): ChatRequestBody => ({
  model: 'premium',
  messages: [{ role: 'user', content: 'Hello?' }],
  temperature: 0,
  ...changes,
})

describe('whether one answer can stand for the next', () => {
  it.each([
    [asking(), null],
    [asking({ tools: [], n: 1, stream: true, seed: 3 }), null],
    [asking({ temperature: 0.1 }), 'temperature'],
    [asking({ temperature: null }), 'temperature'],
    [asking({ tools: [{ type: 'function' }] }), 'tools'],
    [asking({ functions: [{ name: 'f' }] }), 'tools'],
    [asking({ n: 2 }), 'choices'],
    [asking({ logprobs: true }), 'logprobs'],
    [asking({ store: true }), 'stored'],
    [asking({ web_search_options: {} }), 'live_data'],
    [asking({ data_sources: [{ type: 'azure_search' }] }), 'live_data'],
    [asking({ modalities: ['text', 'audio'] }), 'audio'],
    [
      asking({
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
        ],
      }),
      'remote_content',
    ],
    [
      asking({
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }],
          },
        ],
      }),
      null,
    ],
  ])('%#: %j is %s', (body, why) => {
    expect(whyUncacheable(body, rule, null)).toBe(why)
    expect(whyUncacheable(body, rule, 'bypass')).toBe('asked')
    expect(whyUncacheable(body, rule, 'refresh')).toBe(why)
  })

  it('knows two words of the header and no other', () => {
    expect([null, ' Bypass', 'refresh', 'no', ''].map(readCacheMode)).toEqual([
      null,
      'bypass',
      'refresh',
      'unknown',
      'unknown',
    ])
  })
})

describe('the rules', () => {
  const { rules } = answerCacheSettings.parse({
    rules: [{ model: 'premium' }, { model: 'premium', operation: 'sales', ttlSeconds: 9 }],
  })

  it('of an operation come before those of all, and no model is like another', () => {
    expect(findCacheRule(rules, { model: 'premium', operation: 'sales' })?.ttlSeconds).toBe(9)
    expect(findCacheRule(rules, { model: 'premium', operation: null })?.ttlSeconds).toBe(300)
    expect(findCacheRule(rules, { model: 'standard', operation: 'sales' })).toBeNull()
  })

  it('do not name a route twice', () => {
    expect(
      answerCacheSettings.safeParse({ rules: [{ model: 'a' }, { model: 'a', ttlSeconds: 9 }] }).success,
    ).toBe(false)
  })
})
