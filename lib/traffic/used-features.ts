import type { ChatMessage, ChatRequestBody } from '#lib/contracts/openai'
import { type ModelFeature, modelFeatures } from '#lib/deployments/model-capabilities'

/** How large input and output limit are together, as steps that models' windows can be held against. */
export const contextSteps = [4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 1_048_576] as const

/** `context_8192` = it needs more than the step before and at most so many tokens. */
export type ContextFeature = `context_${number}`
export type UsedFeature = ModelFeature | ContextFeature | 'requests'

/** Everything that is counted. */
export const usedFeatureNames: readonly UsedFeature[] = [
  'requests',
  ...modelFeatures,
  ...contextSteps.map((step): ContextFeature => `context_${step}`),
]

/** Which features of OpenAI's dialect a request uses; nothing of what it says. */
export function usedFeatures(body: ChatRequestBody): ModelFeature[] {
  const found: ModelFeature[] = []
  for (const feature of modelFeatures) if (checks[feature](body)) found.push(feature)
  return found
}

/** The step that holds so many tokens; the last one for more than that. */
export function contextFeature(tokens: number): ContextFeature {
  const step = contextSteps.find((one) => tokens <= one) ?? contextSteps[contextSteps.length - 1]
  return `context_${step ?? 0}`
}

const isGiven = (value: unknown) => value !== undefined && value !== null
const isMoved = (value: unknown) => typeof value === 'number' && value !== 0
const last = <Value>(values: readonly Value[]) => values.at(-1)
const hasPart = ({ content }: ChatMessage, types: readonly string[]) =>
  Array.isArray(content) && content.some(({ type }) => types.includes(type))
const isSystem = ({ role }: ChatMessage) => role === 'system' || role === 'developer'

const checks: Readonly<Record<ModelFeature, (body: ChatRequestBody) => boolean>> = {
  output_limit: (body) => isGiven(body.max_tokens) || isGiven(body.max_completion_tokens),
  temperature: ({ temperature }) => isGiven(temperature) && temperature !== 1,
  top_p: (body) => isGiven(body.top_p) && body.top_p !== 1,
  system_role: ({ messages }) => messages.some(({ role }) => role === 'system'),
  developer_role: ({ messages }) => messages.some(({ role }) => role === 'developer'),
  late_system: ({ messages }) => {
    const first = messages.findIndex((message) => !isSystem(message))
    return first >= 0 && messages.slice(first).some(isSystem)
  },
  prefill: ({ messages }) => last(messages)?.role === 'assistant',
  json_object: (body) => body.response_format?.type === 'json_object',
  json_schema: (body) => body.response_format?.type === 'json_schema',
  tools: ({ tools }) => (tools ?? []).length > 0,
  parallel_tools: (body) => isGiven(body.parallel_tool_calls),
  legacy_functions: (body) =>
    isGiven(body.functions) ||
    isGiven(body.function_call) ||
    body.messages.some(({ role }) => role === 'function'),
  images: ({ messages }) => messages.some((message) => hasPart(message, ['image_url'])),
  audio_files: ({ messages }) => messages.some((message) => hasPart(message, ['input_audio', 'file'])),
  logprobs: ({ logprobs, top_logprobs }) => logprobs === true || isMoved(top_logprobs),
  several_answers: ({ n }) => (n ?? 1) > 1,
  stop: ({ stop }) => isGiven(stop),
  seed: ({ seed }) => isGiven(seed),
  penalties: (body) => isMoved(body.presence_penalty) || isMoved(body.frequency_penalty),
  logit_bias: (body) => isGiven(body.logit_bias),
  reasoning_effort: (body) => isGiven(body.reasoning_effort),
}
