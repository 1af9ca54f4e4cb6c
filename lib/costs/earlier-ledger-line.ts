import { encodeLedgerLine } from '#lib/costs/ledger-line'
import type { AttemptRecord, LedgerRecord } from '#lib/costs/ledger-record'

type EarlierEntry = Omit<LedgerRecord, 'usage' | 'attempts'> &
  Omit<LedgerRecord['usage'], 'source'> & {
    usageSource: LedgerRecord['usage']['source']
  }

/**
 * A line as earlier versions wrote it, `[length, {entry}, [attempts]]` in JSON, as one of today: a journal that such a
 * version left is booked by the next. The line itself when it is none of theirs, or torn.
 */
export function fromEarlierLine(line: string): string {
  if (!line.startsWith('[') || !line.endsWith(']]')) return line
  try {
    const [, entry, attempts] = JSON.parse(line) as [number, EarlierEntry, AttemptRecord[]]
    const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, usageSource } =
      entry
    const tokens = { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens }
    return encodeLedgerLine({ ...entry, usage: { ...tokens, source: usageSource }, attempts })
  } catch {
    return line
  }
}
