import type { HttpStream } from '#server/gateway/providers/http-transport'
import { type ChatFrame, ProviderError } from '#server/gateway/providers/provider'
import { scrubError } from '#server/gateway/providers/scrub-secrets'
import { createSseReader, type SseEvent } from '#server/gateway/providers/sse-reader'

/** How one provider's events become frames; lives as long as one stream. */
export interface FrameParser {
  /** An event that cannot be read is `malformed`. @throws ProviderError `stream_error` */
  take(event: SseEvent): readonly ChatFrame[] | 'malformed'
  /** Every choice has its finish reason. */
  finished(): boolean
  /** Nothing more is expected. */
  over(): boolean
  /** Frames still owed when a finished stream ends. */
  rest(): readonly ChatFrame[]
}

export interface FramesInput {
  stream: HttpStream
  parser: FrameParser
  /** What must appear in no error. */
  secrets: readonly string[]
}

/**
 * Reads a chat stream frame by frame, as `ChatStream.frames` promises. Once finished it ends with the parser's last
 * word, the end of the body, a lost connection or the idle bound, whichever comes first. Malformed events are
 * skipped; they count only when nothing finished. A reader that leaves cancels the call at once, even while it
 * waits for a frame and even before its first one.
 */
export function readFrames(input: FramesInput): AsyncIterable<ChatFrame> {
  const frames = generateFrames(input)
  const iterator: AsyncIterator<ChatFrame, void, void> = {
    next: () => frames.next(),
    return() {
      leave(input)
      return frames.return()
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function* generateFrames(input: FramesInput): AsyncGenerator<ChatFrame, void, void> {
  const { stream, parser, secrets } = input
  const reader = createSseReader()
  let malformed = 0
  try {
    for (let ended = false; !ended && !parser.over(); ) {
      const chunk = await readUnlessFinished(stream, parser)
      ended = chunk === null
      for (const event of chunk === null ? reader.end() : reader.push(chunk)) {
        const frames = parser.over() ? [] : parser.take(event)
        if (frames === 'malformed') malformed += 1
        else {
          for (const frame of frames) {
            if (frame.content) stream.markContent()
            yield frame
          }
        }
      }
    }
    if (!parser.finished()) throw unfinished(malformed)
    yield* parser.rest()
  } catch (error) {
    throw scrubError(error, secrets)
  } finally {
    leave(input)
  }
}

/** Keeps the socket of an answer that is whole, and closes any other. */
function leave({ stream, parser }: FramesInput): void {
  if (parser.finished() && parser.over()) stream.finish()
  else stream.cancel()
}

/** Once the answer is finished, a lost or silent connection loses nothing: only the caller's abort still counts. */
async function readUnlessFinished(stream: HttpStream, parser: FrameParser): Promise<Buffer | null> {
  try {
    return await stream.read()
  } catch (error) {
    if (parser.finished() && ProviderError.is(error) && error.evidence.kind !== 'cancelled') return null
    throw error
  }
}

function unfinished(malformed: number): ProviderError {
  if (malformed === 0) {
    return new ProviderError({ kind: 'cut_stream', message: 'the stream ended without a finish reason' })
  }
  const message = `the stream ended without a finish reason, and ${malformed} of its events could not be read`
  return new ProviderError({ kind: 'malformed', message })
}
