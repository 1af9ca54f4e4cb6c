import { encodeLedgerLine, isWholeLine, ledgerLineFields } from '#lib/costs/ledger-line'
import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'

type EarlierEntry = Omit<LedgerRecord, 'usage' | 'attempts'> &
  Omit<LedgerRecord['usage'], 'source'> & {
    usageSource: LedgerRecord['usage']['source']
  }

const untraced = { spanId: null, parentSpanId: null, planUs: null }
const untracedAttempt = { spanId: null, reason: null, breakerPhase: null }

/**
 * A line as earlier versions wrote it, as one of today: a journal that such a version left is booked by the next. The
 * first wrote `[length, {entry}, [attempts]]` in JSON, later ones rows of fewer columns, whose missing ones become null.
 * The line itself when it is none of theirs, or torn.
 */
export function fromEarlierLine(line: string): string {
  if (isWholeLine(line)) {
    const missing = ledgerLineFields - countFields(line)
    return missing > 0 ? `${line.slice(0, -2)}${','.repeat(missing)})"` : line
  }
  if (!line.startsWith('[') || !line.endsWith(']]')) return line
  try {
    const [, entry, attempts] = JSON.parse(line) as [number, EarlierEntry, AttemptRecord[]]
    const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageSource } =
      entry
    const tokens = { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens }
    const usage = { ...tokens, source: usageSource }
    const traced = attempts.map((attempt) => ({ ...untracedAttempt, ...attempt }))
    return encodeLedgerLine({ ...untraced, ...entry, usage, attempts: traced })
  } catch {
    return line
  }
}

/** Fields of a row literal that is an array's element: within it every quote and backslash is escaped once more. */
export function countFields(line: string): number {
  let fields = 1
  let isQuoted = false
  for (let at = 2; at < line.length - 2; at += 1) {
    if (line[at] === '\\') at += 1
    const char = line[at]
    if (char === '\\') at += line[at + 1] === '\\' ? 2 : 1
    else if (char === '"') isQuoted = !isQuoted
    else if (char === ',' && !isQuoted) fields += 1
  }
  return fields
}
