import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { type AppendFile, appendTo, countLines, openForAppend } from '#server/costs/journal-files'
import { type KeptLines, keepLines } from '#server/costs/kept-lines'
import { type BookLines, createReplayFile } from '#server/costs/replay-file'

/**
 * A file of lines (`encodeLedgerLine`) that holds records while the database does not take them. A record is safe from `kill -9`
 * as soon as `append` resolves; the disk is synced in the background. Two files: `path` takes new records,
 * `path.replay` holds those being replayed; a third, `path.rejected`, keeps lines that can never be booked.
 */
export interface LedgerJournal {
  /** Records that were appended and not yet replayed, those of an earlier run included. */
  pending(): number
  /** Records that `replay` has let go of since the journal was opened. */
  replayed(): number
  /** Resolves when the records are in the file; rejects, leaving the file as it was, when they cannot be written. */
  append(lines: readonly string[]): Promise<void>
  /**
   * Hands the pending records to `book` in chunks, oldest first; returns when none are left. Records are let go
   * only after `book` resolved; when it rejects, so does `replay`, and the next one begins with that chunk.
   * With `once`, what is appended meanwhile is left for the next replay.
   */
  replay(book: BookLines, once?: boolean): Promise<void>
  /** Keeps what can never be booked where a person finds it. */
  reject(line: string): Promise<void>
  close(): Promise<void>
}

/**
 * The journal at `path`, opened (its directory made) when first needed. `onTornLine` hears of lines that are not
 * whole.
 */
export function createLedgerJournal(options: {
  path: string
  /** Sync the disk behind every append? Not where the database itself does not survive a loss of power. */
  sync: boolean
  onTornLine: (line: string) => void
}): LedgerJournal {
  const replayPath = `${options.path}.replay`
  const rejectedPath = `${options.path}.rejected`
  let active: AppendFile | undefined
  let pending = 0
  let replayed = 0
  let counted = false
  /** What the active file holds; null where only the file knows. */
  let kept: KeptLines | null = null
  let lastStep: Promise<unknown> = Promise.resolve()
  let syncing: Promise<void> | undefined
  const replaying = createReplayFile({
    path: replayPath,
    rejectedPath,
    onTornLine: options.onTornLine,
    onLetGo(count) {
      pending -= count
      replayed += count
    },
  })

  /** Appends and file changes take turns. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = lastStep.then(step, step)
    lastStep = result
    result.catch(() => {})
    return result
  }

  /** The active file; with the first use, what an earlier run left is counted. */
  async function opened(): Promise<AppendFile> {
    if (!active) {
      mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
      active = openForAppend(options.path)
      kept = active.size() === 0 ? { lines: [], chars: 0 } : null
    }
    if (!counted) pending = (await countLines(replayPath)) + (await countLines(options.path))
    counted = true
    return active
  }

  async function appendLines(lines: readonly string[]): Promise<void> {
    const file = await opened()
    const text = `${lines.join('\n')}\n`
    file.append(text)
    pending += lines.length
    kept = keepLines(kept, lines, text.length)
    if (!options.sync) return
    syncing ??= file
      .sync()
      // The records are in the file; should the disk not take them, the next append says so.
      .catch(() => {})
      .finally(() => {
        syncing = undefined
      })
  }

  /** Makes the active file the one to be replayed; false when nothing is left. */
  async function rotate(): Promise<boolean> {
    const file = await opened()
    if (file.size() === 0) return false
    await syncing
    active = undefined
    file.close()
    renameSync(options.path, replayPath)
    replaying.begin(kept)
    kept = null
    return true
  }

  return {
    pending: () => pending,
    replayed: () => replayed,
    append: (lines) => inTurn(() => appendLines(lines)),
    async replay(book, once = false) {
      await inTurn(opened)
      for (let rotated = true; rotated; ) {
        if (await replaying.waits()) await replaying.replay(book)
        rotated = await inTurn(rotate)
        if (rotated && once) return replaying.replay(book)
      }
    },
    reject: (line) => inTurn(() => appendTo(rejectedPath, `${line}\n`)),
    close: () =>
      inTurn(async () => {
        await syncing
        active?.close()
        active = undefined
      }),
  }
}
