import { SIMULATED_MARK } from '#lib/simulator/compose-text'
import { type AnswerBrief, type PlannedAnswer, planAnswer } from '#lib/simulator/plan-answer'
import type { Tokenizer } from '#server/simulator/load-tokenizer'
import { badRequest } from '#server/simulator/wire-error'

/** Why a choice ended, before a dialect names it. */
export type Finish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter'

/** A tool call as generated; `argumentsText` may be cut short when `finish` is `length`. */
export interface GeneratedCall {
  id: string
  name: string
  argumentsText: string
  fragments: () => Iterable<string>
}

/** One choice. `content` is null exactly when there are calls. */
export interface GeneratedChoice {
  content: string | null
  fragments: () => Iterable<string>
  calls: GeneratedCall[]
  finish: Finish
  /** The sequence that stopped it. */
  stopSequence: string | null
  /** Visible output tokens. */
  tokens: number
}

/** What to generate, whatever dialect asked. */
interface GenerationJob {
  brief: AnswerBrief
  choices: number
  seed: number
  stop: readonly string[]
  /** Room for visible output, per choice. */
  maxTokens: number
  /** What a tuned model learned to say to this; null = nothing like it. */
  learned: string | null
  /** Ends every choice with `content_filter` after so many tokens. */
  filterAfterTokens: number | null
}

const CALL_OVERHEAD_TOKENS = 7

function cutAtStop(text: string, stop: readonly string[]): { text: string; stopSequence: string | null } {
  let cut = { text, stopSequence: null as string | null }
  for (const sequence of stop) {
    const at = sequence === '' ? -1 : cut.text.indexOf(sequence)
    if (at >= 0) cut = { text: cut.text.slice(0, at), stopSequence: sequence }
  }
  return cut
}

function generateText(text: string, job: GenerationJob, tokenizer: Tokenizer): GeneratedChoice {
  const stopped = cutAtStop(text, job.stop)
  const all = tokenizer.encode(stopped.text)
  const filtered = job.filterAfterTokens !== null
  const room = Math.min(job.maxTokens, job.filterAfterTokens ?? Number.POSITIVE_INFINITY)
  const fits = all.length <= room
  const tokens = fits ? all : all.slice(0, room)
  const content = fits ? stopped.text : tokenizer.decode(tokens)
  const ended: Finish = stopped.stopSequence === null ? 'stop' : 'stop_sequence'
  return {
    content,
    fragments: () => tokenizer.pieces(fits ? tokens : tokenizer.encode(content)),
    calls: [],
    finish: filtered ? 'content_filter' : fits ? ended : 'length',
    stopSequence: fits && !filtered ? stopped.stopSequence : null,
    tokens: tokens.length,
  }
}

function generateCalls(
  plan: Extract<PlannedAnswer, { kind: 'tool_calls' }>,
  job: GenerationJob,
  tokenizer: Tokenizer,
): GeneratedChoice {
  let left = job.maxTokens
  let finish: Finish = 'tool_calls'
  const calls: GeneratedCall[] = []
  for (const { id, name, argumentsText } of plan.calls) {
    left -= tokenizer.encode(name).length + CALL_OVERHEAD_TOKENS
    const all = tokenizer.encode(argumentsText)
    const tokens = all.slice(0, Math.max(0, left))
    const text = tokens.length === all.length ? argumentsText : tokenizer.decode(tokens)
    left -= all.length
    calls.push({ id, name, argumentsText: text, fragments: () => tokenizer.pieces(tokenizer.encode(text)) })
    if (left < 0) {
      finish = 'length'
      break
    }
  }
  const tokens = Math.min(job.maxTokens, job.maxTokens - left)
  const filtered = job.filterAfterTokens !== null
  return {
    content: null,
    fragments: () => [],
    calls,
    finish: filtered ? 'content_filter' : finish,
    stopSequence: null,
    tokens,
  }
}

/** A tuned model answers as it was taught: word for word where JSON is asked for, marked as simulated elsewhere. */
function planLearned({ brief, learned, seed }: GenerationJob, choice: number): PlannedAnswer {
  const plan = planAnswer(brief, { seed, choice })
  if (learned === null || plan.kind !== 'text' || brief.format.kind === 'json_schema') return plan
  const text = isJson(learned) ? learned : `${SIMULATED_MARK} ${learned}`
  return { kind: 'text', text }
}

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object'
  } catch {
    return false
  }
}

/**
 * Generates every choice of an answer. The same job gives the same choices, streamed or not. Throws a WireError
 * (400) when the response schema cannot be satisfied.
 */
export function generateAnswer(job: GenerationJob, tokenizer: Tokenizer): GeneratedChoice[] {
  return Array.from({ length: job.choices }, (_, choice) => {
    let plan: PlannedAnswer
    try {
      plan = planLearned(job, choice)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw badRequest(
        `[simulated] Invalid response schema: ${error.message}.`,
        'response_format',
        'invalid_json_schema',
      )
    }
    return plan.kind === 'text'
      ? generateText(plan.text, job, tokenizer)
      : generateCalls(plan, job, tokenizer)
  })
}
