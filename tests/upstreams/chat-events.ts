/** Events of a chat stream as Azure OpenAI sends them, for scripted upstreams. */
const envelope = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'gpt-4o-2024-11-20',
}

export const promptFilterEvent = {
  id: '',
  object: '',
  created: 0,
  model: '',
  choices: [],
  prompt_filter_results: [
    { prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: 'safe' } } },
  ],
  usage: null,
}

export const roleEvent = deltaEvent({ role: 'assistant', content: '', refusal: null })

export const usageEvent = {
  ...envelope,
  choices: [],
  usage: {
    prompt_tokens: 12,
    completion_tokens: 3,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
}

function deltaEvent(delta: object, index = 0): object {
  return { ...envelope, choices: [{ index, delta, finish_reason: null, logprobs: null }], usage: null }
}

export function textEvent(content: string, index = 0): object {
  return deltaEvent({ content }, index)
}

export function finishEvent(reason = 'stop', index = 0): object {
  return { ...envelope, choices: [{ index, delta: {}, finish_reason: reason, logprobs: null }], usage: null }
}

export const answerBody = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-2024-11-20',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
  usage: usageEvent.usage,
}
