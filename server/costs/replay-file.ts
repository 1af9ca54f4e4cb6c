import { open, rm } from 'node:fs/promises'
import { fromEarlierLine } from '#lib/costs/earlier-ledger-line'
import { isWholeLine } from '#lib/costs/ledger-line'
import { appendTo, chunkBytes, exists, readLines } from '#server/costs/journal-files'
import { countWithin, type KeptLines } from '#server/costs/kept-lines'

export type BookLines = (lines: readonly string[]) => Promise<void>

/** The file of the journal that the database takes in, chunk by chunk. */
export interface ReplayFile {
  /** Is there something to be taken in? */
  waits(): Promise<boolean>
  /** Another file has taken its place; `kept` is what it holds, null where only the file knows. */
  begin(kept: KeptLines | null): void
  /** Books what is left and removes the file. When `book` rejects, the next call begins with that chunk. */
  replay(book: BookLines): Promise<void>
}

export function createReplayFile(options: {
  path: string
  /** Where lines that are not whole are kept. */
  rejectedPath: string
  onTornLine: (line: string) => void
  /** So many records need no longer be held. */
  onLetGo: (count: number) => void
}): ReplayFile {
  const { path, rejectedPath, onTornLine, onLetGo } = options
  let kept: KeptLines | null = null
  let offset = 0

  /** They were written whole and by this version: nothing about them is to be checked. */
  async function replayKept(file: KeptLines, book: BookLines): Promise<void> {
    while (file.lines.length > 0) {
      const chunk = file.lines.slice(0, countWithin(file.lines, chunkBytes))
      await book(chunk)
      file.lines = file.lines.slice(chunk.length)
      onLetGo(chunk.length)
    }
  }

  async function replayRead(book: BookLines): Promise<void> {
    const file = await open(path, 'r')
    try {
      for (;;) {
        const { text, bytes } = await readLines(file, offset)
        if (bytes === 0) break
        const lines = text
          .split('\n')
          .filter((line) => line !== '')
          .map(fromEarlierLine)
        const torn = lines.filter((line) => !isWholeLine(line))
        const whole = torn.length === 0 ? lines : lines.filter((line) => !torn.includes(line))
        if (whole.length > 0) await book(whole)
        for (const line of torn) await keepTornLine(line)
        offset += bytes
        onLetGo(lines.length)
      }
    } finally {
      await file.close()
    }
  }

  async function keepTornLine(line: string): Promise<void> {
    await appendTo(rejectedPath, `${line}\n`)
    onTornLine(line)
  }

  return {
    waits: () => exists(path),
    begin(lines) {
      kept = lines
      offset = 0
    },
    async replay(book) {
      if (kept) await replayKept(kept, book)
      else await replayRead(book)
      await rm(path)
      kept = null
      offset = 0
    },
  }
}
