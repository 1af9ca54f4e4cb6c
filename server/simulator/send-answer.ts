import type { Admitted } from '#server/simulator/admit'
import { type Exchange, sendJson, untilOver } from '#server/simulator/exchange'

const DEFAULT_SLOW_FIRST_TOKEN_MS = 10_000

/** How long a `slow_first_token` fault holds back the first content. */
export function slowFirstTokenMs({ fault }: Admitted): number | null {
  return fault?.kind === 'slow_first_token' ? (fault.delayMs ?? DEFAULT_SLOW_FIRST_TOKEN_MS) : null
}

/** Hands bytes to the kernel, so that what follows (a cut) cannot overtake them. */
export function flushed(exchange: Exchange, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve) => exchange.response.write(bytes, () => resolve()))
}

async function sendBroken(
  exchange: Exchange,
  text: Buffer,
  kind: 'cut' | 'stall' | 'end_early',
): Promise<void> {
  const half = text.subarray(0, Math.floor(text.length / 2))
  await flushed(exchange, half)
  if (kind === 'cut') exchange.request.socket.destroy()
  else if (kind === 'stall') await untilOver(exchange)
  else exchange.response.end()
}

/**
 * Sends an answer that does not stream, in the time `tokens` take, and lets the admitted fault break it: cut and
 * stalled after half of the body, a clean end after half of it, or a body that is not JSON.
 */
export async function sendAnswer(
  exchange: Exchange,
  answer: { admitted: Admitted; body: unknown; tokens: number; headers: Readonly<Record<string, string>> },
): Promise<void> {
  const { admitted, body, tokens, headers } = answer
  const { response } = exchange
  await admitted.pacer.wholeAnswer(tokens)
  const kind = admitted.fault?.kind
  const head = { 'content-type': 'application/json', ...headers }
  if (kind === 'cut' || kind === 'stall' || kind === 'end_early') {
    response.writeHead(200, head)
    return sendBroken(exchange, Buffer.from(JSON.stringify(body)), kind)
  }
  if (kind === 'malformed_event') {
    response.writeHead(200, head)
    response.end('{"id":"chatcmpl-simulated","choices":[{"index":0,"message":{"content":"[simulated] ')
    return
  }
  const heldBackMs = slowFirstTokenMs(admitted)
  if (heldBackMs === null) return sendJson(exchange, { status: 200, body, headers })
  response.writeHead(200, head)
  response.flushHeaders()
  await admitted.pacer.pause(heldBackMs)
  response.end(JSON.stringify(body))
}
