import { openDatabase } from '../../../server/db/open-database.ts'

/** A request's row. */
export interface EntryRow {
  readonly id: string
  readonly correlationId: string
  readonly outcome: string
  readonly httpStatus: number
  readonly attempts: number
  readonly firstTokenMs: number | null
  readonly latencyMs: number
}

/** A row for one call to a provider. */
export interface AttemptRow {
  readonly requestId: string
  readonly deploymentId: string
  readonly outcome: string
  readonly failureClass: string | null
  readonly durationMs: number
}

/** What a gateway left in its embedded database. */
export interface LedgerRows {
  readonly entries: readonly EntryRow[]
  readonly attempts: readonly AttemptRow[]
  readonly transitions: readonly TransitionCount[]
}

/** How often a deployment's breaker went into a phase. */
export interface TransitionCount {
  readonly deploymentId: string
  readonly signal: string
  readonly toPhase: string
  readonly times: number
}

const ENTRIES = `SELECT id, correlation_id AS "correlationId", outcome, http_status AS "httpStatus", attempts,
  first_token_ms AS "firstTokenMs", latency_ms AS "latencyMs" FROM ledger_entries`
const ATTEMPTS = `SELECT request_id AS "requestId", deployment_id AS "deploymentId", outcome,
  failure_class AS "failureClass", duration_ms AS "durationMs" FROM attempts`
const TRANSITIONS = `SELECT deployment_id AS "deploymentId", signal, to_phase AS "toPhase", count(*)::int AS times
  FROM breaker_transitions GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

/** Reads everything; the gateway must have left the directory. */
export async function readLedger(dataDir: string): Promise<LedgerRows> {
  const onError = (error: Error) => console.error('ledger:', error)
  const database = await openDatabase({ databaseUrl: null, dataDir, onError })
  try {
    const { pool } = database
    const entries = await pool.query<EntryRow>(ENTRIES)
    const attempts = await pool.query<AttemptRow>(ATTEMPTS)
    const transitions = await pool.query<TransitionCount>(TRANSITIONS)
    return { entries: entries.rows, attempts: attempts.rows, transitions: transitions.rows }
  } finally {
    await database.close()
  }
}
