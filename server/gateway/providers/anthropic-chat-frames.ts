import { asRecord, parseJson } from '#lib/gateway/json-fields'
import {
  type AnthropicStep,
  type AnthropicStreamState,
  endAnthropicStream,
  startAnthropicStream,
  translateAnthropicEvent,
} from '#lib/gateway/translate-anthropic-stream'
import { type ChatFrame, ProviderError } from '#server/gateway/providers/provider'
import type { FrameParser } from '#server/gateway/providers/read-frames'

/** Reads the events of Anthropic's Messages stream as frames of OpenAI's dialect. */
export function createAnthropicFrameParser(createdS: number): FrameParser {
  let state: AnthropicStreamState = startAnthropicStream(createdS)

  function apply(step: AnthropicStep): readonly ChatFrame[] {
    if (step.kind === 'error') throw new ProviderError({ kind: 'stream_error', error: step.error })
    state = step.state
    return step.frames
  }

  return {
    take({ data }) {
      const event = asRecord(parseJson(data))
      return event === null ? 'malformed' : apply(translateAnthropicEvent(state, event))
    },
    finished: () => state.finished,
    over: () => state.over && state.finished,
    rest: () => apply(endAnthropicStream(state)),
  }
}
