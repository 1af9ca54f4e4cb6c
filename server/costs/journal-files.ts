import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Bytes of a file that are read, or booked, at once. */
export const chunkBytes = 256 * 1024

/** A file that grows by whole lines. */
export interface AppendFile {
  size(): number
  append(text: string): void
  sync(): Promise<void>
  close(): void
}

const syncData = promisify(fdatasync)

/**
 * After a failed write the torn rest is cut off, or, where even that fails, closed off as a line of its own.
 *
 * What touches only the system's cache takes microseconds and is done at once: handing it to a thread would cost
 * whoever waits for the append ten times that. The disk is waited for elsewhere.
 */
export function openForAppend(path: string): AppendFile {
  const fd = openSync(path, 'a+', 0o600)
  let size = fstatSync(fd).size
  let torn = size > 0 && !endsWithNewline(fd, size)
  return {
    size: () => size,
    append(text) {
      const data = Buffer.from(torn ? `\n${text}` : text)
      try {
        writeFully(fd, data)
        size += data.length
        torn = false
      } catch (error) {
        torn = !cutOff(fd, size)
        throw error
      }
    },
    sync: () => syncData(fd),
    close: () => closeSync(fd),
  }
}

function writeFully(fd: number, data: Buffer): void {
  let written = 0
  while (written < data.length) written += writeSync(fd, data, written)
}

/** Whether it could. */
function cutOff(fd: number, size: number): boolean {
  try {
    ftruncateSync(fd, size)
    return true
  } catch {
    return false
  }
}

export async function appendTo(path: string, text: string): Promise<void> {
  const file = openForAppend(path)
  try {
    file.append(text)
    await file.sync()
  } finally {
    file.close()
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

function endsWithNewline(fd: number, size: number): boolean {
  const byte = Buffer.alloc(1)
  readSync(fd, byte, 0, 1, size - 1)
  return byte[0] === 10
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
