import type { ChatRequestBody } from '#lib/contracts/openai'
import type { VariantOverrides } from '#lib/experiments/experiment-plan'
import type { PlannedTrial } from '#lib/experiments/trial'
import { withSystemPrompt } from '#lib/gateway/system-prompt'

/** The caller's body with what the variants of its request set. The same object when they set nothing. */
export function trialBody(body: ChatRequestBody, trials: readonly PlannedTrial[]): ChatRequestBody {
  return trials.reduce((changed, { overrides }) => withOverrides(changed, overrides), body)
}

/** Under what answers to a request with these variants are kept apart from others; empty without any. */
export function trialSignature(trials: readonly PlannedTrial[]): string {
  return trials.map(({ experimentId, variant }) => `${experimentId}:${variant}`).join(' ')
}

function withOverrides(
  body: ChatRequestBody,
  { systemPrompt, parameters }: VariantOverrides,
): ChatRequestBody {
  const { temperature, topP, maxOutputTokens, presencePenalty, frequencyPenalty } = parameters
  const set = Object.entries({
    temperature,
    top_p: topP,
    max_tokens: maxOutputTokens,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
  }).filter(([, value]) => value !== null)
  if (set.length === 0 && !systemPrompt) return body
  const { max_completion_tokens: completion, ...rest } = body
  return {
    ...rest,
    ...(completion == null || maxOutputTokens !== null ? {} : { max_completion_tokens: completion }),
    ...Object.fromEntries(set),
    ...(systemPrompt ? { messages: withSystemPrompt(body.messages, systemPrompt) } : {}),
  }
}
