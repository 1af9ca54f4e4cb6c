import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'

/**
 * A record as one line of JSON: `[length, {entry}, [attempts]]`, where `length` counts the characters of the entry.
 * It is made once and then travels as text: to the journal, and from there into the ledger's statement, which
 * takes entries and attempts apart by `readLedgerLine` without parsing them.
 *
 * Text that Postgres cannot hold (NUL, half a surrogate pair) becomes U+FFFD: a row must not be lost over a character.
 */
export function encodeLedgerLine(record: LedgerRecord): string {
  const { attempts, usage, ...rest } = record
  const { source, ...tokens } = usage
  const { accountId, id: requestId, startedAtMs } = record
  const entry = encode({ ...rest, ...tokens, usageSource: source, attempts: attempts.length })
  const rows = attempts.map((attempt: AttemptRecord, index) => ({
    accountId,
    requestId,
    startedAtMs,
    sequence: index + 1,
    ...attempt,
  }))
  return `[${entry.length},${entry},${encode(rows)}]`
}

/** The two halves of a line as JSON text: the entry, and the attempts without their brackets. Null for a torn line. */
export function readLedgerLine(line: string): { entry: string; attempts: string } | null {
  const start = line.indexOf(',') + 1
  const end = start + Number(line.slice(1, start - 1))
  const whole = line.startsWith('[') && line.endsWith(']]') && line.slice(end - 1, end + 2) === '},['
  return whole ? { entry: line.slice(start, end), attempts: line.slice(end + 2, -2) } : null
}

/** The request's id, for messages about a line. */
export function requestIdOf(line: string): string | null {
  return /"id":"([^"]+)"/.exec(line)?.[1] ?? null
}

function encode(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\u0000') && !json.includes('\\ud')) return json
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\0', '\uFFFD').toWellFormed() : part,
  )
}
