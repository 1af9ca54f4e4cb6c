/**
 * The mock upstream, a process of its own: `POST /v1/chat/completions` (OpenAI) and
 * `POST /openai/deployments/{name}/chat/completions` (Azure). It answers at once with one fixed body, or
 * streams: `tokens=N` and `intervalMs=M` in the request's text say how many content chunks and how far apart
 * (the first one interval after the request). Prints `listening <port>` when ready; PORT=0 picks a free one.
 */
import type { ServerResponse } from 'node:http'
import { buildAnswer, buildStreamFrames, type Dialect } from '#bench/servers/mock-answers'
import { readNumber } from '#bench/servers/read-number'
import { type ChatCall, serveChat } from '#bench/servers/serve-chat'

interface ChatRequest {
  stream?: boolean
  stream_options?: { include_usage?: boolean }
}

const answers = { openai: buildAnswer('openai'), azure: buildAnswer('azure') }
const frames = { openai: buildStreamFrames('openai'), azure: buildStreamFrames('azure') }
const limits = {
  'x-ratelimit-limit-requests': '1000000',
  'x-ratelimit-remaining-requests': '999999',
  'x-ratelimit-limit-tokens': '100000000',
  'x-ratelimit-remaining-tokens': '99999999',
}

interface StreamJob {
  response: ServerResponse
  dialect: Dialect
  tokens: number
  intervalMs: number
  withUsage: boolean
}

/** Chunk k is due at start + (k + 1) · interval, so a late timer does not push the following ones back. */
function stream({ response, dialect, tokens, intervalMs, withUsage }: StreamJob): void {
  const frame = frames[dialect]
  const startedAt = performance.now()
  let sent = 0
  let timer: NodeJS.Timeout
  const tick = () => {
    response.write(frame.content(sent))
    sent += 1
    if (sent < tokens) {
      timer = setTimeout(tick, Math.max(0, startedAt + (sent + 1) * intervalMs - performance.now()))
      return
    }
    response.end(frame.finish + (withUsage ? frame.usage(tokens) : '') + frame.done)
  }
  response.writeHead(200, {
    ...limits,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  })
  response.write(frame.opening)
  timer = setTimeout(tick, intervalMs)
  response.on('close', () => clearTimeout(timer))
}

function answer({ body, response, dialect }: ChatCall): void {
  const request: ChatRequest = JSON.parse(body)
  if (request.stream === true) {
    const tokens = Math.max(1, readNumber(body, 'tokens'))
    const withUsage = request.stream_options?.include_usage === true
    stream({ response, dialect, tokens, intervalMs: readNumber(body, 'intervalMs'), withUsage })
    return
  }
  const payload = answers[dialect]
  response.writeHead(200, { ...limits, 'content-type': 'application/json', 'content-length': payload.length })
  response.end(payload)
}

serveChat({ answer })
