import type { ServerResponse } from 'node:http'
import type { Play } from '#bench/servers/fault-script'
import { buildStreamFrames } from '#bench/servers/mock-answers'

/** A stream to be played: content chunks, and milliseconds between them. */
export interface PlayedStream {
  readonly response: ServerResponse
  readonly play: Play
  readonly tokens: number
  readonly intervalMs: number
  /** In [0, 1): where on its way the fault happens. */
  readonly random: number
}

const frames = buildStreamFrames('azure')
const ERROR_EVENT = `data: {"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}\n\n`
/** Longer than any tier of the soak waits for a first token. */
const SLOW_FIRST_TOKEN_MS = 5_000

/** Streams Azure's frames and commits the fault at its place. Leaves no timer behind when the caller goes. */
export function playStream({ response, play, tokens, intervalMs, random }: PlayedStream): void {
  const faultAt = Math.floor(random * tokens)
  let sent = 0
  let timer: NodeJS.Timeout
  const finish = () => {
    const done = play === 'no_done' ? '' : frames.done
    response.end(frames.finish + frames.usage(tokens) + done)
  }
  /** True when the stream goes on. */
  const commit = (): boolean => {
    if (play === 'cut') response.destroy()
    else if (play === 'error_in_stream') response.end(ERROR_EVENT)
    else if (play === 'malformed_event') response.write('data: {"choices":[{"delta":\n\n')
    return play !== 'cut' && play !== 'error_in_stream' && play !== 'stall'
  }
  const tick = () => {
    if (sent === faultAt && !commit()) return
    response.write(frames.content(sent))
    sent += 1
    if (sent < tokens) timer = setTimeout(tick, intervalMs)
    else finish()
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.write(frames.opening)
  response.on('close', () => clearTimeout(timer))
  if (play === 'error_before_content') {
    response.end(ERROR_EVENT)
    return
  }
  timer = setTimeout(tick, play === 'slow_first_token' ? SLOW_FIRST_TOKEN_MS : intervalMs)
}
