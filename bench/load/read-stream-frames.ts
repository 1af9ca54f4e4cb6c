import { StringDecoder } from 'node:string_decoder'

interface ChatChunk {
  error?: { message?: string }
  choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[]
  usage?: { completion_tokens?: number } | null
}

/** What a stream has shown so far. */
export interface StreamReader {
  /** Feeds received bytes; calls back for every content chunk with the upstream's send time (monotonic, ns). */
  readonly feed: (bytes: Buffer, onContent: (sentAtNs: bigint) => void) => void
  /** The failure in words, or undefined if the stream was whole: all tokens in order, finish, usage, [DONE]. */
  readonly judge: (tokens: number) => string | undefined
}

/** Reads the frames the mock upstream sends, whatever a proxy in between made of their borders. */
export function createStreamReader(): StreamReader {
  const decoder = new StringDecoder('utf8')
  let pending = ''
  let contents = 0
  let fault: string | undefined
  let finish: string | undefined
  let usageTokens: number | undefined
  let isDone = false

  const readContent = (text: string, onContent: (sentAtNs: bigint) => void) => {
    for (const token of text.trimEnd().split(' ')) {
      const [index, stamp] = token.split(':')
      if (Number(index) !== contents || stamp === undefined)
        fault ??= `chunk ${contents} arrived as "${token}"`
      else onContent(BigInt(stamp))
      contents += 1
    }
  }
  const readFrame = (frame: string, onContent: (sentAtNs: bigint) => void) => {
    if (!frame.startsWith('data:')) return
    const data = frame.slice(5).trim()
    if (data === '[DONE]') {
      isDone = true
      return
    }
    const chunk: ChatChunk = JSON.parse(data)
    if (chunk.error) fault ??= `error event: ${chunk.error.message}`
    const choice = chunk.choices?.[0]
    if (choice?.delta?.content) readContent(choice.delta.content, onContent)
    finish = choice?.finish_reason ?? finish
    usageTokens = chunk.usage?.completion_tokens ?? usageTokens
  }
  return {
    feed: (bytes, onContent) => {
      const frames = (pending + decoder.write(bytes)).split('\n\n')
      pending = frames.pop() ?? ''
      for (const frame of frames) readFrame(frame, onContent)
    },
    judge: (tokens) => {
      if (fault !== undefined) return fault
      if (contents !== tokens) return `${contents} of ${tokens} chunks arrived`
      if (finish !== 'stop') return `finish_reason ${finish}`
      if (usageTokens !== tokens) return `usage says ${usageTokens} tokens, not ${tokens}`
      return isDone ? undefined : 'no [DONE]'
    },
  }
}
