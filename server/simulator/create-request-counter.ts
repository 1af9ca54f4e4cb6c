/** Counts requests as they arrive, whatever becomes of them. */
export interface RequestCounter {
  /** One request for each of these names, and one in total when `names` is empty. */
  add(names: readonly string[]): void
  /** Requests of one name, or of all. */
  count(name?: string): number
}

/** The total counts every data-plane request, also those whose deployment could not be read. */
export function createRequestCounter(): RequestCounter {
  const counts = new Map<string, number>()
  let total = 0
  return {
    add: (names) => {
      if (names.length === 0) total += 1
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    count: (name) => (name === undefined || name === '*' ? total : (counts.get(name) ?? 0)),
  }
}
