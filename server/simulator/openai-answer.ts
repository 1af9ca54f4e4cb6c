import { FILTERED_RESULTS, PROMPT_RESULTS, SAFE_RESULTS } from '#server/simulator/content-filter'
import type { GeneratedChoice } from '#server/simulator/generate-answer'
import type { AnswerFrames } from '#server/simulator/stream-answer'

/** Token counts of a chat completion; `promptTokens` includes the cached, `completionTokens` the reasoning ones. */
export interface ChatUsage {
  promptTokens: number
  cachedTokens: number
  completionTokens: number
  reasoningTokens: number
}

/** A generated completion with what its envelope needs. */
export interface ChatAnswer {
  id: string
  /** Unix seconds. */
  created: number
  model: string
  /** Adds Azure's content-filter annotations and opening frame. */
  azure: boolean
  /** The caller named the tool to call; providers then finish with `stop`. */
  forcedTool: boolean
  choices: readonly GeneratedChoice[]
  usage: ChatUsage
}

const FINGERPRINT = 'fp_simulated'

function finishReason({ finish }: GeneratedChoice, forcedTool: boolean): string {
  if (finish === 'stop_sequence' || (finish === 'tool_calls' && forcedTool)) return 'stop'
  return finish
}

function usageBody({ promptTokens, cachedTokens, completionTokens, reasoningTokens }: ChatUsage): unknown {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function filterResults({ finish }: GeneratedChoice): unknown {
  return finish === 'content_filter' ? FILTERED_RESULTS : SAFE_RESULTS
}

function messageOf({ content, calls }: GeneratedChoice): unknown {
  const message: Record<string, unknown> = { role: 'assistant', content, refusal: null }
  if (calls.length === 0) return message
  message.tool_calls = calls.map(({ id, name, argumentsText }) => ({
    id: `call_${id}`,
    type: 'function',
    function: { name, arguments: argumentsText },
  }))
  return message
}

/** The body of a completion that does not stream. */
export function completionBody(answer: ChatAnswer): unknown {
  const { id, created, model, azure, choices, usage } = answer
  const body = {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: choices.map((choice, index) => ({
      index,
      message: messageOf(choice),
      logprobs: null,
      finish_reason: finishReason(choice, answer.forcedTool),
      ...(azure ? { content_filter_results: choice.calls.length > 0 ? {} : filterResults(choice) } : {}),
    })),
    usage: usageBody(usage),
    system_fingerprint: FINGERPRINT,
  }
  return azure ? { ...body, prompt_filter_results: PROMPT_RESULTS } : body
}

const frame = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`

function promptFilterFrame(includeUsage: boolean): string {
  return frame({
    id: '',
    object: '',
    created: 0,
    model: '',
    choices: [],
    prompt_filter_results: PROMPT_RESULTS,
    ...(includeUsage ? { usage: null } : {}),
  })
}

/** Writes the frames of one completion. */
function createFrameMaker(answer: ChatAnswer, includeUsage: boolean) {
  const { id, created, model, azure } = answer
  const envelope = { id, object: 'chat.completion.chunk', created, model, system_fingerprint: FINGERPRINT }
  const usage = includeUsage ? { usage: null } : {}
  return {
    delta: (index: number, delta: unknown, annotations: unknown = {}) =>
      frame({
        ...envelope,
        choices: [
          {
            index,
            delta,
            logprobs: null,
            finish_reason: null,
            ...(azure ? { content_filter_results: annotations } : {}),
          },
        ],
        ...usage,
      }),
    finish: (index: number, choice: GeneratedChoice) =>
      frame({
        ...envelope,
        choices: [
          {
            index,
            delta: {},
            logprobs: null,
            finish_reason: finishReason(choice, answer.forcedTool),
            ...(azure
              ? { content_filter_results: choice.finish === 'content_filter' ? FILTERED_RESULTS : {} }
              : {}),
          },
        ],
        ...usage,
      }),
    usage: () => frame({ ...envelope, choices: [], usage: usageBody(answer.usage) }),
  }
}

type FrameMaker = ReturnType<typeof createFrameMaker>

function* contentFrames(answer: ChatAnswer, make: FrameMaker): Generator<string> {
  for (const [index, choice] of answer.choices.entries()) {
    for (const text of choice.fragments()) yield make.delta(index, { content: text }, SAFE_RESULTS)
    for (const [position, call] of choice.calls.entries()) {
      const opened = {
        index: position,
        id: `call_${call.id}`,
        type: 'function',
        function: { name: call.name, arguments: '' },
      }
      yield make.delta(index, { tool_calls: [opened] })
      for (const text of call.fragments()) {
        yield make.delta(index, { tool_calls: [{ index: position, function: { arguments: text } }] })
      }
    }
  }
}

/**
 * The frames of a streamed completion. On Azure the first has empty `choices` and carries the prompt's filter
 * results. The usage frame comes only when asked for; then all others carry `usage: null`.
 */
export function completionFrames(
  answer: ChatAnswer,
  { includeUsage }: { includeUsage: boolean },
): AnswerFrames {
  const make = createFrameMaker(answer, includeUsage)
  const roles = answer.choices.map((choice, index) =>
    make.delta(index, { role: 'assistant', content: choice.calls.length > 0 ? null : '', refusal: null }),
  )
  const finishes = answer.choices.map((choice, index) => make.finish(index, choice))
  return {
    opening: answer.azure ? [promptFilterFrame(includeUsage), ...roles] : roles,
    content: contentFrames(answer, make),
    closing: includeUsage ? [...finishes, make.usage()] : finishes,
    done: 'data: [DONE]\n\n',
    malformed: 'data: {"id":"chatcmpl-simulated","choices":[{"index":0,"delta":{"content":\n\n',
    error: frame({
      error: {
        message: '[simulated] The server had an error while answering.',
        type: 'server_error',
        param: null,
        code: 'server_error',
      },
    }),
  }
}
