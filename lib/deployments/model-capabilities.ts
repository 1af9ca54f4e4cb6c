import type { DeploymentData } from '#lib/deployments/catalog-schema'

/** How a model treats something that callers ask for in OpenAI's dialect. */
export type Treatment =
  /** As OpenAI's dialect means it. */
  | 'native'
  /** Expressed in the model's own way, with the same meaning. */
  | 'translated'
  /** Taken, but it means or does something else. */
  | 'differs'
  /** Left out, because it only tunes or annotates the answer. */
  | 'dropped'
  /** The provider, or the translation for it, answers with an error. */
  | 'refused'

/** What of OpenAI's dialect a model can tell apart; `lib/traffic/used-features` reads them from requests. */
export const modelFeatures = [
  'output_limit',
  'temperature',
  'top_p',
  'system_role',
  'developer_role',
  'late_system',
  'prefill',
  'json_object',
  'json_schema',
  'tools',
  'parallel_tools',
  'legacy_functions',
  'images',
  'audio_files',
  'logprobs',
  'several_answers',
  'stop',
  'seed',
  'penalties',
  'logit_bias',
  'reasoning_effort',
] as const
export type ModelFeature = (typeof modelFeatures)[number]

export interface ModelCapabilities {
  /** What is not named is `native`. */
  treatments: Readonly<Partial<Record<ModelFeature, Treatment>>>
  /** Categories of the content filter stand in the answer. */
  filterAnnotations: boolean
  maxOutputTokens: number | null
}

type Treatments = ModelCapabilities['treatments']

/**
 * Chat models before structured outputs.
 * Source: https://learn.microsoft.com/azure/ai-services/openai/how-to/structured-outputs (supported models) and
 * https://platform.openai.com/docs/models.
 */
const early: Treatments = {
  json_schema: 'refused',
  images: 'refused',
  audio_files: 'refused',
  reasoning_effort: 'refused',
  developer_role: 'translated',
  prefill: 'differs',
}

const modern: Treatments = { audio_files: 'refused', reasoning_effort: 'refused', prefill: 'differs' }

/**
 * Models that think before they answer. Source: https://learn.microsoft.com/azure/ai-services/openai/how-to/reasoning
 * (not supported: temperature, top_p, penalties, logprobs, logit_bias, max_tokens; stop for most of them).
 */
const reasoning: Treatments = {
  output_limit: 'translated',
  temperature: 'refused',
  top_p: 'refused',
  penalties: 'refused',
  logprobs: 'refused',
  logit_bias: 'refused',
  stop: 'refused',
  audio_files: 'refused',
  prefill: 'differs',
}

/** What `translate-anthropic-request` makes of a request, at the version of the API that the adapter speaks. */
const anthropic: Treatments = {
  output_limit: 'translated',
  temperature: 'dropped',
  top_p: 'dropped',
  system_role: 'translated',
  developer_role: 'translated',
  late_system: 'differs',
  prefill: 'differs',
  json_object: 'translated',
  json_schema: 'translated',
  tools: 'translated',
  parallel_tools: 'translated',
  legacy_functions: 'refused',
  images: 'translated',
  audio_files: 'refused',
  logprobs: 'dropped',
  several_answers: 'refused',
  stop: 'translated',
  seed: 'dropped',
  penalties: 'dropped',
  logit_bias: 'dropped',
  reasoning_effort: 'translated',
}

const families: readonly { match: RegExp; treatments: Treatments; maxOutputTokens: number | null }[] = [
  { match: /^(gpt-5|o\d)/, treatments: reasoning, maxOutputTokens: 100_000 },
  { match: /^gpt-4\.1/, treatments: modern, maxOutputTokens: 32_768 },
  {
    match: /^gpt-4o-2024-05-13/,
    treatments: { ...modern, json_schema: 'refused' },
    maxOutputTokens: 4_096,
  },
  { match: /^gpt-4o/, treatments: modern, maxOutputTokens: 16_384 },
  { match: /^gpt-4-turbo/, treatments: { ...early, images: 'native' }, maxOutputTokens: 4_096 },
  { match: /^gpt-3\.?5-turbo/, treatments: early, maxOutputTokens: 4_096 },
  { match: /^gpt-4/, treatments: { ...early, json_object: 'refused' }, maxOutputTokens: 8_192 },
]

/** What a deployment's model can do, from its provider and the model's name; an unknown model counts as a modern one. */
export function capabilitiesOf({
  provider,
  model,
}: Pick<DeploymentData, 'provider' | 'model'>): ModelCapabilities {
  if (provider === 'anthropic')
    return { treatments: anthropic, filterAnnotations: false, maxOutputTokens: 64_000 }
  const family = familyOf(model)
  return {
    treatments: family?.treatments ?? modern,
    filterAnnotations: provider === 'azure-openai',
    maxOutputTokens: family?.maxOutputTokens ?? null,
  }
}

/** How a model wants to be addressed where models of OpenAI's dialect differ. */
export interface ModelDialect {
  /** Models that think before they answer refuse `max_tokens`. */
  limitField: 'max_tokens' | 'max_completion_tokens'
  /** Earlier models know `system` only. */
  takesDeveloper: boolean
}

/** From the same table as `capabilitiesOf`: what a pre-flight calls translated is what is translated. */
export function dialectOf(model: string): ModelDialect {
  const { output_limit, developer_role } = familyOf(model)?.treatments ?? modern
  return {
    limitField: output_limit === 'translated' ? 'max_completion_tokens' : 'max_tokens',
    takesDeveloper: developer_role !== 'translated',
  }
}

/** A model that was fine-tuned at OpenAI (`ft:o4-mini-2025-04-16:org::id`) is of its base's family. */
function familyOf(model: string) {
  const base = model.replace(/^ft:/, '')
  return families.find(({ match }) => match.test(base))
}
