import type { ModelFeature, Treatment } from '#lib/deployments/model-capabilities'

/** Features as a person reads them. */
export const featureWords: Readonly<Record<ModelFeature, string>> = {
  output_limit: 'the output limit (max_tokens, max_completion_tokens)',
  temperature: 'temperature',
  top_p: 'top_p',
  system_role: 'the role system',
  developer_role: 'the role developer',
  late_system: 'a system message in the middle of a conversation',
  prefill: 'a prefilled answer (the last message is the assistant’s)',
  json_object: 'JSON mode (response_format json_object)',
  json_schema: 'structured output (response_format json_schema)',
  tools: 'tools',
  parallel_tools: 'parallel_tool_calls',
  legacy_functions: 'functions (before tools)',
  images: 'images',
  audio_files: 'audio and files',
  logprobs: 'logprobs',
  several_answers: 'several answers (n above 1)',
  stop: 'stop sequences',
  seed: 'seed',
  penalties: 'presence and frequency penalties',
  logit_bias: 'logit_bias',
  reasoning_effort: 'reasoning_effort',
}

/** What becomes of a feature, behind its name. */
export const treatmentWords: Readonly<Record<Exclude<Treatment, 'native'>, string>> = {
  translated: 'is translated',
  differs: 'is taken, but means something else',
  dropped: 'is dropped',
  refused: 'is refused',
}
