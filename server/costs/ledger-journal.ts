import { writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromEarlierLine } from '#lib/costs/earlier-ledger-line'
import { isWholeLine } from '#lib/costs/ledger-line'

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
  replay(book: (lines: readonly string[]) => Promise<void>, once?: boolean): Promise<void>
  /** Keeps what can never be booked where a person finds it. */
  reject(line: string): Promise<void>
  close(): Promise<void>
}

const chunkBytes = 256 * 1024

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
  let replayOffset = 0
  let lastStep: Promise<unknown> = Promise.resolve()
  let syncing: Promise<void> | undefined

  /** Appends and file changes take turns. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = lastStep.then(step, step)
    lastStep = result
    result.catch(() => {})
    return result
  }

  /** The active file; with the first use, what an earlier run left is counted. */
  async function opened(): Promise<AppendFile> {
    if (!active) await mkdir(dirname(options.path), { recursive: true, mode: 0o700 })
    active ??= await openForAppend(options.path)
    if (!counted) pending = (await countLines(replayPath)) + (await countLines(options.path))
    counted = true
    return active
  }

  async function appendLines(text: string, count: number): Promise<void> {
    const file = await opened()
    await file.append(text)
    pending += count
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
    await file.close()
    await rename(options.path, replayPath)
    replayOffset = 0
    return true
  }

  async function replayFile(book: (lines: readonly string[]) => Promise<void>): Promise<void> {
    const file = await open(replayPath, 'r')
    try {
      for (;;) {
        const { text, bytes } = await readLines(file, replayOffset)
        if (bytes === 0) break
        const lines = text
          .split('\n')
          .filter((line) => line !== '')
          .map(fromEarlierLine)
        const torn = lines.filter((line) => !isWholeLine(line))
        const whole = torn.length === 0 ? lines : lines.filter((line) => !torn.includes(line))
        if (whole.length > 0) await book(whole)
        for (const line of torn) await keepTornLine(line)
        replayOffset += bytes
        pending -= lines.length
        replayed += lines.length
      }
    } finally {
      await file.close()
    }
    await rm(replayPath)
    replayOffset = 0
  }

  async function keepTornLine(line: string): Promise<void> {
    await appendTo(rejectedPath, `${line}\n`)
    options.onTornLine(line)
  }

  return {
    pending: () => pending,
    replayed: () => replayed,
    append: (lines) => inTurn(() => appendLines(`${lines.join('\n')}\n`, lines.length)),
    async replay(book, once = false) {
      await inTurn(opened)
      for (let rotated = true; rotated; ) {
        if (await exists(replayPath)) await replayFile(book)
        rotated = await inTurn(rotate)
        if (rotated && once) return replayFile(book)
      }
    },
    reject: (line) => inTurn(() => appendTo(rejectedPath, `${line}\n`)),
    close: () =>
      inTurn(async () => {
        await syncing
        await active?.close()
        active = undefined
      }),
  }
}

interface AppendFile {
  size(): number
  append(text: string): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** After a failed write the torn rest is cut off, or, where even that fails, closed off as a line of its own. */
async function openForAppend(path: string): Promise<AppendFile> {
  const handle = await open(path, 'a', 0o600)
  let size = (await handle.stat()).size
  let torn = size > 0 && !(await endsWithNewline(path, size))
  return {
    size: () => size,
    async append(text) {
      const data = Buffer.from(torn ? `\n${text}` : text)
      try {
        writeFully(handle, data)
        size += data.length
        torn = false
      } catch (error) {
        await handle.truncate(size).catch(() => {
          torn = true
        })
        throw error
      }
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  }
}

/**
 * Into the system's cache, which takes microseconds; handing it to a thread would cost the caller ten times that.
 */
function writeFully(handle: FileHandle, data: Buffer): void {
  let written = 0
  while (written < data.length) written += writeSync(handle.fd, data, written)
}

async function appendTo(path: string, text: string): Promise<void> {
  const file = await openForAppend(path)
  try {
    await file.append(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Whole lines from `offset` on, about a chunk of them; at the end of the file also a last line without newline. */
async function readLines(file: FileHandle, offset: number): Promise<{ text: string; bytes: number }> {
  const left = (await file.stat()).size - offset
  if (left <= 0) return { text: '', bytes: 0 }
  for (let size = Math.min(chunkBytes, left + 1); ; size *= 2) {
    const buffer = Buffer.allocUnsafe(size)
    const { bytesRead } = await file.read(buffer, 0, size, offset)
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(10)
    if (bytesRead < size && newline < bytesRead - 1) {
      return { text: buffer.toString('utf8', 0, bytesRead), bytes: bytesRead }
    }
    if (newline >= 0 || bytesRead < size) {
      return { text: buffer.toString('utf8', 0, newline + 1), bytes: newline + 1 }
    }
  }
}

async function countLines(path: string): Promise<number> {
  if (!(await exists(path))) return 0
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(chunkBytes)
    let count = 0
    let last = 10
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null)
      if (bytesRead === 0) return last === 10 ? count : count + 1
      for (const byte of buffer.subarray(0, bytesRead)) if (byte === 10) count += 1
      last = buffer[bytesRead - 1] ?? last
    }
  } finally {
    await file.close()
  }
}

async function endsWithNewline(path: string, size: number): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, size - 1)
    return byte[0] === 10
  } finally {
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
