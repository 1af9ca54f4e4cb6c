import { once } from 'node:events'
import type { Admitted } from '#server/simulator/admit'
import { type Exchange, untilOver } from '#server/simulator/exchange'
import { flushed, slowFirstTokenMs } from '#server/simulator/send-answer'

/** A whole streamed answer, as the text of its server-sent events. */
export interface AnswerFrames {
  /** Before any content. */
  opening: readonly string[]
  /** One per token or fragment; made as it is sent. */
  content: Iterable<string>
  /** Finish reason and usage. */
  closing: readonly string[]
  /** The terminator. */
  done: string
  /** An event whose data is not JSON, for the fault of that name. */
  malformed: string
  /** An error event, for the fault of that name. */
  error: string
}

const DEFAULT_BREAK_AFTER = 5
const FULL_CHARACTERS = 16_384
const BREAKING = new Set(['stall', 'cut', 'end_early', 'malformed_event', 'error_in_stream'])
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
}

interface FrameWriter {
  exchange: Exchange
  add(frame: string): void
  isFull(): boolean
  /** What was added since, to be written by the caller. */
  take(): string
  flush(): Promise<void>
}

/** Gathers frames that are due at the same moment into one write, and waits for a slow reader. */
function createFrameWriter(exchange: Exchange): FrameWriter {
  let pending = ''
  const take = () => {
    const text = pending
    pending = ''
    return text
  }
  return {
    exchange,
    add: (frame) => {
      pending += frame
    },
    isFull: () => pending.length >= FULL_CHARACTERS,
    take,
    flush: async () => {
      const text = take()
      if (text === '' || exchange.response.write(text)) return
      await once(exchange.response, 'drain', { signal: exchange.signal })
    },
  }
}

/** Carries out a mid-stream fault; true = the stream is over. */
async function broke(writer: FrameWriter, frames: AnswerFrames, kind: string): Promise<boolean> {
  const { exchange } = writer
  if (kind === 'malformed_event') {
    writer.add(frames.malformed)
    return false
  }
  if (kind === 'error_in_stream') writer.add(frames.error)
  const bytes = writer.take()
  if (bytes !== '') await flushed(exchange, bytes)
  if (kind === 'cut') exchange.request.socket.destroy()
  else if (kind === 'stall') await untilOver(exchange)
  else exchange.response.end()
  return true
}

async function open(
  writer: FrameWriter,
  admitted: Admitted,
  stream: { frames: AnswerFrames; headers: Readonly<Record<string, string>> },
): Promise<void> {
  const { response } = writer.exchange
  const heldBackMs = slowFirstTokenMs(admitted)
  if (heldBackMs === null) await admitted.pacer.firstToken()
  response.writeHead(200, { ...HEADERS, ...stream.headers })
  for (const frame of stream.frames.opening) writer.add(frame)
  if (heldBackMs === null) return
  await writer.flush()
  await admitted.pacer.pause(heldBackMs)
}

/** Sends the content; true = a fault ended the stream. */
async function sendContent(writer: FrameWriter, frames: AnswerFrames, admitted: Admitted): Promise<boolean> {
  const kind = admitted.fault?.kind ?? ''
  let breakAfter = BREAKING.has(kind) ? (admitted.fault?.afterTokens ?? DEFAULT_BREAK_AFTER) : -1
  let sent = 0
  for (const frame of frames.content) {
    if (sent === breakAfter) {
      breakAfter = -1
      if (await broke(writer, frames, kind)) return true
    }
    const due = sent === 0 ? undefined : admitted.pacer.nextToken()
    if (due !== undefined || writer.isFull()) await writer.flush()
    if (due !== undefined) await due
    if (writer.exchange.signal.aborted) return true
    writer.add(frame)
    sent += 1
  }
  return breakAfter >= 0 && broke(writer, frames, kind)
}

/**
 * Streams an answer at the deployment's pace and lets the admitted fault break it after `afterTokens` content
 * events (or before the closing ones, when the answer is shorter). Ends early when the reader leaves.
 */
export async function streamAnswer(
  exchange: Exchange,
  answer: { admitted: Admitted; frames: AnswerFrames; headers: Readonly<Record<string, string>> },
): Promise<void> {
  const { admitted, frames } = answer
  const writer = createFrameWriter(exchange)
  await open(writer, admitted, answer)
  if (await sendContent(writer, frames, admitted)) return
  for (const frame of frames.closing) writer.add(frame)
  if (admitted.fault?.kind === 'missing_done') {
    await writer.flush()
    await admitted.pacer.pause(admitted.fault.delayMs ?? 0)
  } else writer.add(frames.done)
  exchange.response.end(writer.take())
}
