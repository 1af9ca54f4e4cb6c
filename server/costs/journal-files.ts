import { writeSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'

/** Bytes of a file that are read, or booked, at once. */
export const chunkBytes = 256 * 1024

/** A file that grows by whole lines. */
export interface AppendFile {
  size(): number
  append(text: string): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** After a failed write the torn rest is cut off, or, where even that fails, closed off as a line of its own. */
export async function openForAppend(path: string): Promise<AppendFile> {
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

export async function appendTo(path: string, text: string): Promise<void> {
  const file = await openForAppend(path)
  try {
    await file.append(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Whole lines from `offset` on, about a chunk of them; at the end of the file also a last line without newline. */
export async function readLines(file: FileHandle, offset: number): Promise<{ text: string; bytes: number }> {
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

export async function countLines(path: string): Promise<number> {
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

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
