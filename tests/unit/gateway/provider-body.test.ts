import { describe, expect, it } from 'vitest'
import type { ChatRequestBody } from '#lib/contracts/openai'
import { capabilitiesOf } from '#lib/deployments/model-capabilities'
import { providerBody } from '#lib/gateway/provider-body'

const limits = {
  maxOutputTokens: 50,
  temperature: null,
  deadlineMs: 1_000,
  attemptTimeoutMs: 1_000,
  firstTokenMs: 1_000,
  idleMs: 1_000,
  totalMs: 1_000,
}
const body: ChatRequestBody = {
  model: 'premium',
  messages: [
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
  ],
  max_tokens: 50,
}
const rolesFor = (model: string) => providerBody(body, limits, model).messages.map(({ role }) => role)

describe('what a model of OpenAI’s dialect is sent', () => {
  it.each(['gpt-4', 'gpt-4-turbo', 'gpt-3.5-turbo', 'gpt-35-turbo', 'ft:gpt-3.5-turbo-0125:acme::7p4lURel'])(
    '%s is sent developer messages as system ones, and its pre-flight says so',
    (model) => {
      expect(rolesFor(model)).toEqual(['system', 'user'])
      for (const provider of ['openai', 'azure-openai'] as const)
        expect(capabilitiesOf({ provider, model }).treatments.developer_role).toBe('translated')
    },
  )

  it.each(['gpt-4o', 'gpt-4.1', 'gpt-5', 'o4-mini'])('%s is sent the role that the caller used', (model) => {
    expect(rolesFor(model)).toEqual(['developer', 'user'])
  })

  it.each(['o4-mini', 'gpt-5', 'ft:o4-mini-2025-04-16:acme::7p4lURel'])(
    '%s takes max_completion_tokens alone',
    (model) => {
      const { max_tokens, max_completion_tokens } = providerBody(body, limits, model)
      expect({ max_tokens, max_completion_tokens }).toEqual({
        max_tokens: undefined,
        max_completion_tokens: 50,
      })
    },
  )
})
