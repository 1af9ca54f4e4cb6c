import { Buffer } from 'node:buffer'
import type { Client } from 'undici'
import type { Recorder } from '#bench/load/create-recorder'
import type { SendOnce } from '#bench/load/run-closed-loop'
import { ANSWER_MARKER, ANSWER_USAGE } from '#bench/servers/mock-answers'

interface ChatAnswer {
  choices?: { message?: { content?: string }; finish_reason?: string }[]
  usage?: { total_tokens?: number }
}

/** The failure in words, or undefined when it is the whole answer of the mock upstream. */
export function judgeAnswer(status: number, body: string): string | undefined {
  if (status !== 200) return `status ${status}: ${body.slice(0, 300)}`
  let answer: ChatAnswer
  try {
    answer = JSON.parse(body)
  } catch {
    return `not JSON: ${body.slice(0, 300)}`
  }
  const choice = answer.choices?.[0]
  const isWhole =
    choice?.message?.content?.startsWith(ANSWER_MARKER) === true &&
    choice.finish_reason === 'stop' &&
    answer.usage?.total_tokens === ANSWER_USAGE.total_tokens
  return isWhole ? undefined : `unexpected answer: ${body.slice(0, 300)}`
}

/** A sender that reads and judges the whole answer and records the latency of those that were right. */
export function createAnswerSender(latency: Recorder): SendOnce {
  return (client: Client, target) =>
    new Promise((resolve) => {
      const startedAt = performance.now()
      const parts: Buffer[] = []
      let status = 0
      client.dispatch(
        { method: 'POST', path: target.path, headers: target.headers, body: target.body },
        {
          onRequestStart: () => {}, // undici asks for it.
          onResponseStart: (_controller, statusCode) => {
            status = statusCode
          },
          onResponseData: (_controller, chunk) => {
            parts.push(chunk)
          },
          onResponseEnd: () => {
            const durationUs = (performance.now() - startedAt) * 1000
            const failure = judgeAnswer(status, Buffer.concat(parts).toString('utf8'))
            if (failure === undefined) latency.record(durationUs)
            resolve(failure)
          },
          onResponseError: (_controller, error) => resolve(`${error.name}: ${error.message}`),
        },
      )
    })
}
