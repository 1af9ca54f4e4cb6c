/** One message of the Postgres wire protocol; `type` is null for what a client says before it is welcomed. */
export interface WireMessage {
  type: string | null
  bytes: Buffer
}

export interface MessageFramer {
  /** Takes what arrived and returns the messages that are now whole, in order. */
  push(chunk: Buffer): WireMessage[]
  /** From now on messages carry a type byte. */
  startupDone(): void
}

/** Cuts a client's byte stream into messages (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
export function createMessageFramer(): MessageFramer {
  let chunks: Buffer[] = []
  let heldBytes = 0
  let neededBytes = 4
  let typed = false

  function nextMessage(buffer: Buffer): WireMessage | null {
    const header = typed ? 5 : 4
    if (buffer.length < header) {
      neededBytes = header
      return null
    }
    const length = buffer.readInt32BE(header - 4) + (typed ? 1 : 0)
    if (length < header) throw new Error(`a wire message claims a length of ${length} bytes`)
    if (buffer.length < length) {
      neededBytes = length
      return null
    }
    const type = typed ? String.fromCharCode(buffer[0] ?? 0) : null
    return { type, bytes: buffer.subarray(0, length) }
  }

  return {
    push(chunk) {
      chunks.push(chunk)
      heldBytes += chunk.length
      if (heldBytes < neededBytes) return []
      let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks, heldBytes)
      const messages: WireMessage[] = []
      for (let message = nextMessage(rest); message; message = nextMessage(rest)) {
        messages.push(message)
        rest = rest.subarray(message.bytes.length)
        if (!typed) break
      }
      chunks = rest.length > 0 ? [rest] : []
      heldBytes = rest.length
      return messages
    },
    startupDone() {
      typed = true
      neededBytes = 5
    },
  }
}
