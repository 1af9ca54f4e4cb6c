import { createServer, type Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'
import { createMessageFramer, type WireMessage } from '#server/db/frame-messages'
import {
  createSettingsChange,
  noSettings,
  readStartupSettings,
  type StartupSettings,
} from '#server/db/startup-settings'
import {
  closeStatement,
  prefixStatement,
  simpleQuery,
  startupKind,
  syncMessage,
  welcome,
} from '#server/db/wire-replies'

interface Session {
  id: number
  socket: Socket
  /** Messages of the unit that is arriving. */
  unit: Buffer[]
  /** Whole units that wait for their turn. */
  ready: Unit[]
  statementNames: Set<string>
  settings: StartupSettings
}

function newSession(id: number, socket: Socket): Session {
  return { id, socket, unit: [], ready: [], statementNames: new Set(), settings: noSettings }
}

interface Unit {
  bytes: Buffer
  /** False when the client flushed in the middle: the session keeps its turn until it syncs. */
  ended: boolean
}

/**
 * Serves one PGlite to many clients on a unix socket. PGlite is one session, so a client has it to itself for a
 * whole unit (a simple query, or extended messages up to Sync) and for a whole transaction; others wait in the
 * order in which they asked. Without that, the unnamed statements of two clients overwrite each other. Settings in a
 * client's startup `options` hold while it has its turn.
 */
export async function servePglite(options: { db: PGlite; path: string; serverVersion: string }): Promise<{
  close(): Promise<void>
}> {
  const { db } = options
  const sessions = new Map<number, Session>()
  let owner: Session | null = null
  let waiting: Session[] = []
  const leftoverStatements: string[] = []
  const changeSettings = createSettingsChange()
  let lastId = 0

  function execute(bytes: Buffer, onData: (data: Buffer) => void): void {
    // Runs to its end before it returns (storage needs no sync on the node file system). It rejects only when the
    // database itself has died; unhandled, that ends this thread, which its owner restarts.
    void db.execProtocolRawStream(bytes, { syncToFs: false, onRawData: (data) => onData(Buffer.from(data)) })
  }

  function runUnit(session: Session, unit: Unit): void {
    const { socket } = session
    // Between transactions only: whoever is in one keeps its turn.
    const change = owner === null ? changeSettings(session.settings) : ''
    if (change !== '') execute(simpleQuery(change), () => {})
    socket.cork()
    execute(unit.bytes, (data) => {
      if (socket.writable) socket.write(data)
    })
    socket.uncork()
    owner = db.isInTransaction() || !unit.ended ? session : null
  }

  /** Runs what may run: the owner's units, else the first in line. */
  function runReady(): void {
    for (;;) {
      const next: Session | undefined = owner ?? waiting[0]
      const unit = next?.ready.shift()
      if (!next || !unit) return
      if (next.ready.length === 0) waiting = waiting.filter((session) => session !== next)
      runUnit(next, unit)
    }
  }

  function closeSession(session: Session): void {
    sessions.delete(session.id)
    session.ready = []
    waiting = waiting.filter((other) => other !== session)
    if (owner === session) {
      execute(syncMessage, () => {})
      if (db.isInTransaction()) execute(simpleQuery('ROLLBACK'), () => {})
      owner = null
    }
    for (const name of session.statementNames) leftoverStatements.push(name)
    if (owner === null)
      for (const name of leftoverStatements.splice(0)) execute(closeStatement(name), () => {})
    runReady()
  }

  function take(session: Session, message: WireMessage): void {
    if (message.type === 'X') return void session.socket.end()
    const { bytes, name } = prefixStatement(message.bytes, `c${session.id}_`)
    if (name) session.statementNames.add(name)
    session.unit.push(bytes)
    if (message.type !== 'S' && message.type !== 'Q' && message.type !== 'H') return
    session.ready.push({ bytes: Buffer.concat(session.unit), ended: message.type !== 'H' })
    session.unit = []
    if (!waiting.includes(session)) waiting.push(session)
  }

  const server = createServer((socket) => {
    lastId += 1
    const session = newSession(lastId, socket)
    sessions.set(session.id, session)
    const framer = createMessageFramer()
    const onMessage = (message: WireMessage) => {
      if (message.type !== null) return take(session, message)
      const kind = startupKind(message.bytes)
      if (kind === 'cancel') return void socket.end()
      if (kind === 'encryption') return void socket.write('N')
      session.settings = readStartupSettings(message.bytes)
      framer.startupDone()
      socket.write(welcome(options.serverVersion))
    }
    socket.on('data', (chunk) => {
      try {
        for (const message of framer.push(chunk)) onMessage(message)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)))
        return
      }
      runReady()
    })
    // A client that vanishes is ordinary; 'close' follows and cleans up.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => closeSession(session))
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.path, resolve)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions.values()) session.socket.destroy()
      }),
  }
}
