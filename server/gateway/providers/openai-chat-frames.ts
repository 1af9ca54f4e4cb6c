import { asItems, asRecord, asText, parseJson } from '#lib/gateway/json-fields'
import { readErrorBody } from '#lib/gateway/read-error-body'
import { readFinishReason, readUsage } from '#lib/gateway/read-usage'
import { type ChatFrame, ProviderError } from '#server/gateway/providers/provider'
import type { FrameParser } from '#server/gateway/providers/read-frames'

interface Progress {
  /** How many choices were asked for. */
  readonly choices: number
  /** Indices of the choices whose finish reason was seen. */
  readonly done: Set<unknown>
  over: boolean
}

/**
 * Reads the events of Azure OpenAI and OpenAI: frames with empty `choices`, choices without `delta` (Azure's
 * asynchronous filter), the usage frame, `[DONE]` and errors inside the stream. The answer is over with `[DONE]` or
 * with the usage frame of a finished answer. `choices` is the `n` that was asked for.
 */
export function createOpenAIFrameParser(choices: number): FrameParser {
  const progress: Progress = { choices, done: new Set(), over: false }
  return {
    take: ({ data }) => takeData(data, progress),
    finished: () => progress.done.size >= choices,
    over: () => progress.over,
    rest: () => [],
  }
}

function takeData(data: string, progress: Progress): readonly ChatFrame[] | 'malformed' {
  if (data === '[DONE]') {
    progress.over = true
    return []
  }
  const body = asRecord(parseJson(data))
  if (body === null) return 'malformed'
  if (body.error !== undefined && body.error !== null) {
    throw new ProviderError({ kind: 'stream_error', error: readErrorBody(body.error) })
  }
  const frame = toFrame(data, body)
  if (frame.finishReason !== null) noteFinished(body, progress)
  if (frame.usageOnly && progress.done.size >= progress.choices) progress.over = true
  return [frame]
}

function noteFinished(body: Record<string, unknown>, { done }: Progress): void {
  for (const item of asItems(body.choices)) {
    const choice = asRecord(item)
    if (choice !== null && readFinishReason(choice.finish_reason) !== null) done.add(choice.index ?? 0)
  }
}

function toFrame(data: string, body: Record<string, unknown>): ChatFrame {
  const choices = asItems(body.choices)
  const usage = readUsage(body.usage)
  const frame: ChatFrame = {
    data: data.includes('\n') ? JSON.stringify(body) : data,
    content: false,
    text: '',
    finishReason: null,
    usage,
    usageOnly: choices.length === 0 && usage !== null,
  }
  for (const choice of choices) addChoice(frame, asRecord(choice))
  return frame
}

function addChoice(frame: ChatFrame, choice: Record<string, unknown> | null): void {
  if (choice === null) return
  frame.finishReason ??= readFinishReason(choice.finish_reason)
  const delta = asRecord(choice.delta)
  if (delta === null) return
  const text = asText(delta.content) + asText(delta.refusal) + asText(delta.reasoning_content)
  frame.text += text
  if (text !== '' || asRecord(delta.audio) !== null) frame.content = true
  for (const call of asItems(delta.tool_calls)) addCall(frame, asRecord(asRecord(call)?.function))
  if (asRecord(delta.function_call) !== null) addCall(frame, asRecord(delta.function_call))
}

function addCall(frame: ChatFrame, call: Record<string, unknown> | null): void {
  frame.content = true
  frame.text += asText(call?.name) + asText(call?.arguments)
}
