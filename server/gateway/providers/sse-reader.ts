import { StringDecoder } from 'node:string_decoder'
import { ProviderError } from '#server/gateway/providers/provider'

/** One dispatched event: its type (`message` when the stream names none) and its data lines joined by `\n`. */
export interface SseEvent {
  event: string
  data: string
}

/** Takes a stream apart chunk by chunk; every call returns the events its bytes completed. */
export interface SseReader {
  /** @throws ProviderError `malformed` when one event exceeds the size limit. */
  push(chunk: Uint8Array): SseEvent[]
  /** At the end of the body: the last event, should only its closing blank line be missing. */
  end(): SseEvent[]
}

/** Characters of one event, all its lines together. */
const largestEvent = 1024 * 1024
const lineFeed = 10
const carriageReturn = 13

/**
 * Makes a reader for one `text/event-stream` body as WHATWG HTML §9.2.6 describes it: CRLF, CR and LF, data over
 * several lines, comments, a byte order mark, characters split over chunks. Events of the form `data: …\n\n`, which
 * is what providers send, take a short way.
 */
export function createSseReader(): SseReader {
  const decode = createChunkDecoder()
  let events: SseEvent[] = []
  let partialLine = ''
  let eventName = ''
  let data: string | null = null
  let eventSize = 0
  let skipLineFeed = false

  function takeText(text: string): void {
    const hasReturns = text.includes('\r')
    let at = skipLineFeed && text.charCodeAt(0) === lineFeed ? 1 : 0
    if (text !== '') skipLineFeed = false
    while (at < text.length) {
      const after = hasReturns || partialLine !== '' ? -1 : takeWholeEvent(text, at)
      at = after === -1 ? takeLine(text, at, hasReturns) : after
    }
  }

  /** The short way: an event of one data line, whole in this text. Returns where it ends, or −1. */
  function takeWholeEvent(text: string, at: number): number {
    if (data !== null || eventName !== '' || !text.startsWith('data: ', at)) return -1
    const end = text.indexOf('\n', at)
    if (end === -1 || text.charCodeAt(end + 1) !== lineFeed) return -1
    if (end - at > largestEvent) throw tooLarge()
    events.push({ event: 'message', data: text.slice(at + 6, end) })
    return end + 2
  }

  function takeLine(text: string, at: number, hasReturns: boolean): number {
    const end = hasReturns ? findLineEnd(text, at) : text.indexOf('\n', at)
    eventSize += (end === -1 ? text.length : end) - at
    if (eventSize > largestEvent) throw tooLarge()
    if (end === -1) {
      partialLine += text.slice(at)
      return text.length
    }
    const line = partialLine + text.slice(at, end)
    partialLine = ''
    readLine(line)
    if (text.charCodeAt(end) !== carriageReturn) return end + 1
    skipLineFeed = end + 1 === text.length
    return text.charCodeAt(end + 1) === lineFeed ? end + 2 : end + 1
  }

  function readLine(line: string): void {
    if (line === '') {
      dispatch()
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1)
    if (field === 'data') data = data === null ? value : `${data}\n${value}`
    else if (field === 'event') eventName = value
  }

  function dispatch(): void {
    if (data !== null) events.push({ event: eventName === '' ? 'message' : eventName, data })
    data = null
    eventName = ''
    eventSize = 0
  }

  function taken(): SseEvent[] {
    const done = events
    events = []
    return done
  }

  return {
    push(chunk) {
      takeText(decode.push(chunk))
      return taken()
    },
    end() {
      takeText(decode.end())
      if (partialLine !== '') readLine(partialLine)
      partialLine = ''
      dispatch()
      return taken()
    },
  }
}

function findLineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === lineFeed || code === carriageReturn) return at
  }
  return -1
}

function tooLarge(): ProviderError {
  return new ProviderError({
    kind: 'malformed',
    message: `one event is larger than ${largestEvent} characters`,
  })
}

/** UTF-8 over chunks; chunks that end with a whole ASCII character, as events do, need no state. */
function createChunkDecoder(): { push(chunk: Uint8Array): string; end(): string } {
  const decoder = new StringDecoder('utf8')
  let whole = true
  let first = true

  function withoutMark(text: string): string {
    if (!first || text === '') return text
    first = false
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  }

  return {
    push(chunk) {
      const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      const last = buffer[buffer.length - 1]
      if (last === undefined) return ''
      const endsWhole = last < 0x80
      const text = whole && endsWhole ? buffer.toString('utf8') : decoder.write(buffer)
      whole = endsWhole
      return withoutMark(text)
    },
    end: () => withoutMark(decoder.end()),
  }
}
