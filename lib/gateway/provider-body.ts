import type { ChatRequestBody } from '#lib/contracts/openai'
import { dialectOf } from '#lib/deployments/model-capabilities'
import { foreignMetadata } from '#lib/gateway/request-tags'
import type { RouteLimits } from '#lib/gateway/route-plan'

/** The caller's output limit, whichever of the two fields it used; the smaller when it used both. */
export function askedOutputLimit(body: ChatRequestBody): number | null {
  const given = [body.max_tokens, body.max_completion_tokens].filter((value) => typeof value === 'number')
  return given.length === 0 ? null : Math.min(...given)
}

/** Answers asked for: `n`, which passes through to the provider unread. */
export function choicesOf(body: ChatRequestBody): number {
  const { n }: { n?: unknown } = body
  return typeof n === 'number' && Number.isSafeInteger(n) && n > 1 ? n : 1
}

/**
 * The body for one model: the caller's, with the plan's limits in the field that the model takes, and with `system` for
 * `developer` where a model knows no other word for it.
 */
export function providerBody(body: ChatRequestBody, limits: RouteLimits, model: string): ChatRequestBody {
  const { max_tokens: _tokens, max_completion_tokens: _completion, metadata, ...rest } = body
  const { limitField, takesDeveloper } = dialectOf(model)
  const foreign = foreignMetadata(metadata)
  return {
    ...rest,
    messages: takesDeveloper ? rest.messages : asSystem(rest.messages),
    ...(limits.temperature === null ? {} : { temperature: limits.temperature }),
    ...(limits.maxOutputTokens === null ? {} : { [limitField]: limits.maxOutputTokens }),
    ...(foreign ? { metadata: foreign } : {}),
  }
}

function asSystem(messages: ChatRequestBody['messages']): ChatRequestBody['messages'] {
  if (messages.every(({ role }) => role !== 'developer')) return messages
  return messages.map((message) => (message.role === 'developer' ? { ...message, role: 'system' } : message))
}
