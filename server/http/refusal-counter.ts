import type { ErrorCode } from '#lib/contracts/error-catalogue'

/** Requests that were refused before they were admitted, by error code: counted apart from the ledger. */
export interface RefusalCounter {
  count(code: ErrorCode): void
  read(): ReadonlyMap<ErrorCode, number>
}

export function createRefusalCounter(): RefusalCounter {
  const counts = new Map<ErrorCode, number>()
  return {
    count: (code) => void counts.set(code, (counts.get(code) ?? 0) + 1),
    read: () => counts,
  }
}
