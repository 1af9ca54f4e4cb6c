import { Buffer } from 'node:buffer'

/** The sentence every whole answer of the mock upstream contains; a load generator looks for it. */
export const ANSWER_MARKER = 'The quick answer of the bench upstream'

/** Usage the mock upstream reports with every answer that does not stream. */
export const ANSWER_USAGE = { prompt_tokens: 96, completion_tokens: 128, total_tokens: 224 }

/** The two dialects the mock speaks. */
export type Dialect = 'openai' | 'azure'

const MODEL = 'gpt-4o-mini-2024-07-18'
const ANSWER_BYTES = 1200
const SAFE = { filtered: false, severity: 'safe' }
const FILTERS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }

/**
 * The JSON body of an answer that does not stream: about 1.2 KB in either dialect (the text fills what the
 * filter annotations of Azure leave), so that both cost a proxy the same bytes.
 */
export function buildAnswer(dialect: Dialect): Buffer {
  const withText = (text: string) => ({
    id: 'chatcmpl-bench0000000000000000000001',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: MODEL,
    ...(dialect === 'azure'
      ? { prompt_filter_results: [{ prompt_index: 0, content_filter_results: FILTERS }] }
      : {}),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
        ...(dialect === 'azure' ? { content_filter_results: FILTERS } : {}),
      },
    ],
    usage: {
      ...ANSWER_USAGE,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    system_fingerprint: 'fp_bench',
  })
  const opening = `${ANSWER_MARKER}: `
  const room = ANSWER_BYTES - Buffer.byteLength(JSON.stringify(withText(opening)))
  return Buffer.from(
    JSON.stringify(withText(opening + 'four score and seven '.repeat(60).slice(0, Math.max(0, room)))),
  )
}

/**
 * The frames of a stream, `data: …\n\n` each. `content(index)` stamps the text with its index and the
 * machine-wide monotonic clock in ns (`index:ns `), so a reader in another process knows when it was sent.
 */
export interface StreamFrames {
  readonly opening: string
  readonly content: (index: number) => string
  readonly finish: string
  readonly usage: (tokens: number) => string
  readonly done: string
}

/** Frames in the order and shape each dialect sends them (Azure: a first frame without choices). */
export function buildStreamFrames(dialect: Dialect): StreamFrames {
  const head = `{"id":"chatcmpl-bench0000000000000000000002","object":"chat.completion.chunk","created":1760000000,"model":"${MODEL}","system_fingerprint":"fp_bench",`
  const filters = dialect === 'azure' ? `,"content_filter_results":${JSON.stringify(FILTERS)}` : ''
  const choice = (delta: string, finish: string, annotation: string) =>
    `data: ${head}"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}${annotation}}],"usage":null}\n\n`
  const prompt =
    dialect === 'azure'
      ? `data: {"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":${JSON.stringify(FILTERS)}}],"usage":null}\n\n`
      : ''
  return {
    opening:
      prompt +
      choice(
        '{"role":"assistant","content":"","refusal":null}',
        'null',
        dialect === 'azure' ? ',"content_filter_results":{}' : '',
      ),
    content: (index) => choice(`{"content":"${index}:${process.hrtime.bigint()} "}`, 'null', filters),
    finish: choice('{}', '"stop"', dialect === 'azure' ? ',"content_filter_results":{}' : ''),
    usage: (tokens) =>
      `data: ${head}"choices":[],"usage":{"prompt_tokens":96,"completion_tokens":${tokens},"total_tokens":${96 + tokens},"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}\n\n`,
    done: 'data: [DONE]\n\n',
  }
}
