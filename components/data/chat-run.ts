import { z } from 'zod'
import { parseJson } from '#components/data/api-problem'

/** One answer of the playground while it comes in and after. Times are milliseconds since it was asked for. */
export interface ChatRun {
  state: 'running' | 'done' | 'failed' | 'stopped'
  text: string
  error: string | null
  httpStatus: number | null
  headers: readonly (readonly [name: string, value: string])[]
  /** Raw events, or the one body of an answer that did not stream. */
  frames: readonly string[]
  firstTokenMs: number | null
  totalMs: number | null
  finishReason: string | null
  inputTokens: number | null
  outputTokens: number | null
  costUsd: string | null
  attempts: number | null
  overheadMs: number | null
}

export const freshRun: ChatRun = {
  state: 'running',
  text: '',
  error: null,
  httpStatus: null,
  headers: [],
  frames: [],
  firstTokenMs: null,
  totalMs: null,
  finishReason: null,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
  attempts: null,
  overheadMs: null,
}

const toolCalls = z.array(
  z.object({ function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish() }),
)
const piece = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: toolCalls.nullish(),
})
const numberOrText = z.union([z.number(), z.string()])
const chatPart = z.object({
  choices: z
    .array(
      z.object({ delta: piece.nullish(), message: piece.nullish(), finish_reason: z.string().nullish() }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
  huntaze: z
    .object({
      costUsd: numberOrText.nullish(),
      attempts: z.number().nullish(),
      overheadMs: numberOrText.nullish(),
    })
    .nullish(),
  error: z.object({ message: z.string() }).nullish(),
})

/** The run with what `headers` say of it. */
export function applyHeaders(run: ChatRun, status: number, headers: Headers): ChatRun {
  const number = (name: string) => {
    const text = headers.get(name)
    return text === null || Number.isNaN(Number(text)) ? null : Number(text)
  }
  return {
    ...run,
    httpStatus: status,
    headers: [...headers.entries()],
    costUsd: headers.get('x-huntaze-cost-usd'),
    attempts: number('x-huntaze-attempts'),
    overheadMs: number('x-huntaze-overhead-ms'),
  }
}

/** The run with one chunk of a stream, or the whole body of an answer that does not stream. */
export function applyPart(run: ChatRun, data: string, elapsedMs: number): ChatRun {
  const kept = { ...run, frames: [...run.frames, data] }
  if (data.trim() === '[DONE]') return { ...kept, state: 'done' }
  const parsed = chatPart.safeParse(parseJson(data))
  if (!parsed.success)
    return {
      ...kept,
      state: 'failed',
      error: 'A part of the answer could not be understood; see the raw frames.',
    }
  const { choices, usage, huntaze, error } = parsed.data
  if (error) return { ...kept, state: 'failed', error: error.message }
  const choice = choices?.[0]
  const added = pieceText(choice?.delta ?? choice?.message)
  return {
    ...kept,
    text: run.text + added,
    firstTokenMs: run.firstTokenMs ?? (added === '' ? null : elapsedMs),
    finishReason: choice?.finish_reason ?? run.finishReason,
    inputTokens: usage?.prompt_tokens ?? run.inputTokens,
    outputTokens: usage?.completion_tokens ?? run.outputTokens,
    costUsd: huntaze?.costUsd == null ? run.costUsd : String(huntaze.costUsd),
    attempts: huntaze?.attempts ?? run.attempts,
    overheadMs: huntaze?.overheadMs == null ? run.overheadMs : Number(huntaze.overheadMs),
  }
}

function pieceText(part: z.infer<typeof piece> | null | undefined): string {
  const calls = (part?.tool_calls ?? []).map(
    (call) => `${call.function?.name ?? ''}${call.function?.arguments ?? ''}`,
  )
  return [part?.content ?? '', part?.refusal ?? '', ...calls].join('')
}
