import { expect, it } from 'vitest'
import { readProviderLimits } from '#server/gateway/providers/read-provider-limits'

it('reads Azure’s and OpenAI’s headers', () => {
  expect(
    readProviderLimits({
      'x-ratelimit-remaining-tokens': '79000',
      'x-ratelimit-remaining-requests': '479',
      'x-ratelimit-limit-tokens': '80000',
      'x-ratelimit-limit-requests': '480',
      'azure-openai-deployment-utilization': '87.3%',
      'apim-request-id': 'apim-1',
      'x-request-id': 'other',
    }),
  ).toEqual({
    remainingTokens: 79_000,
    remainingRequests: 479,
    limitTokens: 80_000,
    limitRequests: 480,
    utilization: 0.873,
    retryAfterMs: null,
    providerRequestId: 'apim-1',
  })
})

it.each([
  ['99.9%', null],
  ['100%', 300],
  ['112.5', 300],
])('at a utilisation of %s takes %j for how long to leave it alone', (utilization, retryAfterMs) => {
  const headers = { 'azure-openai-deployment-utilization': utilization, 'retry-after-ms': '300' }
  expect(readProviderLimits(headers).retryAfterMs).toBe(retryAfterMs)
})

it('reads Anthropic’s headers', () => {
  expect(
    readProviderLimits({
      'anthropic-ratelimit-tokens-remaining': '10',
      'anthropic-ratelimit-requests-remaining': '9',
      'anthropic-ratelimit-tokens-limit': '20',
      'anthropic-ratelimit-requests-limit': '19',
      'request-id': 'req_1',
    }),
  ).toMatchObject({
    remainingTokens: 10,
    remainingRequests: 9,
    limitTokens: 20,
    limitRequests: 19,
    providerRequestId: 'req_1',
  })
})

it.each(['', '-1', '1e9', '6m0s', 'NaN', '9'.repeat(40)])('takes %j for nothing said', (value) => {
  const limits = readProviderLimits({
    'x-ratelimit-remaining-tokens': value,
    'azure-openai-deployment-utilization': `${value}x%`,
  })
  expect(limits).toMatchObject({ remainingTokens: null, utilization: null })
})
