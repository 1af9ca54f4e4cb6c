import type { ServerResponse } from 'node:http'
import type { Play } from '#bench/servers/fault-script'
import { buildAnswer } from '#bench/servers/mock-answers'

/** A whole answer to be played. */
export interface PlayedAnswer {
  readonly response: ServerResponse
  readonly play: Play
  readonly afterMs: number
  /** In [0, 1): where in the body the fault happens. */
  readonly random: number
}

const payload = buildAnswer('azure')
const wholeHeaders = { 'content-type': 'application/json', 'content-length': payload.length }
/** Longer than any tier of the soak waits for an answer. */
const SLOW_ANSWER_MS = 5_000

function send({ response, play, random }: PlayedAnswer): void {
  const faultAt = 1 + Math.floor(random * (payload.length - 1))
  if (play === 'cut' || play === 'stall') {
    response.writeHead(200, wholeHeaders)
    response.write(payload.subarray(0, faultAt), () => {
      if (play === 'cut') response.destroy()
    })
    return
  }
  if (play === 'malformed_event' || play === 'error_in_stream' || play === 'error_before_content') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(play === 'malformed_event' ? payload.subarray(0, faultAt) : '{"error":{"message":"none"}}')
    return
  }
  response.writeHead(200, wholeHeaders)
  response.end(payload)
}

/** Answers after its time and commits the fault that a whole answer can have. Leaves no timer behind. */
export function playAnswer(played: PlayedAnswer): void {
  const afterMs = played.play === 'slow_first_token' ? SLOW_ANSWER_MS : played.afterMs
  const timer = setTimeout(send, afterMs, played)
  played.response.on('close', () => clearTimeout(timer))
}
