const sslRequestCode = 80877103
const gssRequestCode = 80877104
const cancelRequestCode = 80877102

/** What an untyped first message asks for. */
export function startupKind(message: Buffer): 'encryption' | 'cancel' | 'start' {
  const code = message.length >= 8 ? message.readInt32BE(4) : 0
  if (code === sslRequestCode || code === gssRequestCode) return 'encryption'
  return code === cancelRequestCode ? 'cancel' : 'start'
}

/** A message from server to client: type byte, length, body. */
function reply(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** A simple query as a client would send it. */
export function simpleQuery(text: string): Buffer {
  return reply('Q', Buffer.from(`${text}\0`))
}

/** Closes a prepared statement, and ends the unit. */
export function closeStatement(name: string): Buffer {
  return Buffer.concat([reply('C', Buffer.from(`S${name}\0`)), syncMessage]) as Buffer
}

/** Ends an extended-protocol unit. */
export const syncMessage: Buffer = reply('S', Buffer.alloc(0))

const parameters: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  integer_datetimes: 'on',
  server_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  TimeZone: 'UTC',
}

/** Lets a client in: no password (the socket's directory is the gate), the session's parameters, ready. */
export function welcome(serverVersion: string): Buffer {
  const statuses = Object.entries({ ...parameters, server_version: serverVersion }).map(([name, value]) =>
    reply('S', Buffer.from(`${name}\0${value}\0`)),
  )
  return Buffer.concat([
    reply('R', Buffer.from([0, 0, 0, 0])),
    ...statuses,
    reply('K', Buffer.alloc(8)),
    reply('Z', Buffer.from('I')),
  ])
}

/** Statement messages carry a name; giving each client its own prefix keeps the names of one session apart. */
export function prefixStatement(message: Buffer, prefix: string): { bytes: Buffer; name: string | null } {
  const type = String.fromCharCode(message[0] ?? 0)
  const start = statementNameStart(message, type)
  if (start === null || message[start] === 0) return { bytes: message, name: null }
  const end = message.indexOf(0, start)
  const name = prefix + message.toString('utf8', start, end)
  const body = Buffer.concat([message.subarray(5, start), Buffer.from(name), message.subarray(end)])
  return { bytes: reply(type, body), name: type === 'P' ? name : null }
}

function statementNameStart(message: Buffer, type: string): number | null {
  if (type === 'P') return 5
  if (type === 'B') return message.indexOf(0, 5) + 1
  if (type === 'D' || type === 'C') return message[5] === 0x53 ? 6 : null
  return null
}
