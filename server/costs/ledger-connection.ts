import { Client } from 'pg'
import type { Pseudonyms } from '#server/audit/pseudonyms'
import { bookRecords } from '#server/costs/book-records'
import type { DatabaseConnection } from '#server/db/database'

/**
 * Left to itself, the database plans the ledger's statement anew for every batch, because it thinks little of a plan
 * for arrays of any length; that takes as long as booking two hundred records with the plan it has.
 */
const keepPlan = '-c plan_cache_mode=force_generic_plan'

/** The ledger's own connection: opened when first needed, dropped after a failure, opened again by the next call. */
export interface LedgerConnection {
  /** Books one batch after the other, in the order of the calls. @throws when the database cannot at the moment. */
  book(lines: readonly string[]): Promise<void>
  /** @throws when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export function createLedgerConnection(options: {
  connection: DatabaseConnection
  instanceId: string
  pseudonyms: Pick<Pseudonyms, 'lookup'>
  /** A batch without an answer for so long counts as failed, in milliseconds. */
  answerTimeoutMs: number
  onRefused: (line: string, error: Error) => Promise<void>
}): LedgerConnection {
  let client: Client | undefined
  let lastTurn: Promise<unknown> = Promise.resolve()
  let turns = 0

  async function connected(): Promise<Client> {
    if (client) return client
    const fresh = new Client({
      options: keepPlan,
      ...options.connection,
      application_name: 'huntaze-ledger',
      connectionTimeoutMillis: options.answerTimeoutMs,
      query_timeout: options.answerTimeoutMs,
      keepAlive: true,
    })
    // Whoever waits for an answer hears of it by rejection; a loss in between shows with the next batch.
    fresh.on('error', () => drop(fresh))
    fresh.on('end', () => drop(fresh))
    try {
      await fresh.connect()
    } catch (error) {
      abandon(fresh)
      throw error
    }
    client = fresh
    return fresh
  }

  function drop(lost: Client): void {
    if (client === lost) client = undefined
  }

  async function withClient(work: (client: Client) => Promise<unknown>): Promise<void> {
    const current = await connected()
    try {
      await work(current)
    } catch (error) {
      drop(current)
      abandon(current)
      throw error
    }
  }

  function inTurn(step: () => Promise<void>): Promise<void> {
    turns += 1
    const result = (turns === 1 ? step() : lastTurn.then(step)).finally(() => {
      turns -= 1
    })
    lastTurn = result.catch(() => {})
    return result
  }

  const { instanceId, pseudonyms, onRefused } = options
  return {
    book: (lines) =>
      inTurn(() => withClient((client) => bookRecords({ client, lines, instanceId, pseudonyms, onRefused }))),
    ping: () => inTurn(() => withClient((current) => current.query('SELECT 1'))),
    async close() {
      const last = client
      client = undefined
      if (!last) return
      if (turns > 0) abandon(last)
      else await last.end()
    },
  }
}

/** Closes without waiting: the other side may never answer. */
function abandon(client: Client): void {
  client.connection.stream.destroy()
}
