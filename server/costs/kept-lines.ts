/** So that replaying them need not read, split and check them again; beyond this only the file knows. */
const keptChars = 4 * 1024 * 1024

/** What a file of lines holds, in memory. */
export interface KeptLines {
  lines: string[]
  chars: number
}

/** With the lines that were just written; null when they are more than memory should hold. */
export function keepLines(kept: KeptLines | null, lines: readonly string[], chars: number): KeptLines | null {
  if (!kept || kept.chars + chars > keptChars) return null
  kept.lines.push(...lines)
  kept.chars += chars
  return kept
}

/** How many of the first lines fit into so many characters; at least one. */
export function countWithin(lines: readonly string[], chars: number): number {
  let sum = 0
  const end = lines.findIndex((line) => {
    sum += line.length
    return sum > chars
  })
  return end < 0 ? lines.length : Math.max(1, end)
}
