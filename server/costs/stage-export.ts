import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type ExportColumns, type ExportRefusal, readExportHeader } from '#lib/costs/usage-export-columns'
import { type ExportLine, readExportLine } from '#lib/costs/usage-export-line'
import { stageChunk } from '#server/costs/reconciliation-store'
import type { Database } from '#server/db/database'

export interface StageOptions {
  db: Pick<Database, 'pool'>
  id: string
  /** The whole file from its beginning. */
  file: Readable
  /** Lines that are staged already; they are read over. */
  linesDone: number
  /** Lines in one statement; smaller in tests. */
  chunkLines?: number
  signal?: AbortSignal
}

export type StageOutcome =
  | { ok: true; lines: number }
  | { ok: false; refusal: ExportRefusal }
  /** Another instance is importing the same file. */
  | { ok: false; refusal: null }

const defaultChunkLines = 5_000
const largestRecordBytes = 1024 * 1024

/** Reads an export line by line and stages its AI meters in chunks; never more than one chunk is in memory. */
export async function stageExport(options: StageOptions): Promise<StageOutcome> {
  const { file, chunkLines = defaultChunkLines, signal } = options
  const parser = file.pipe(
    parse({
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: largestRecordBytes,
    }),
  )
  file.once('error', (error) => parser.destroy(error))
  let header: { columns: ExportColumns; width: number } | null = null
  let number = 0
  let staged = options.linesDone
  let waiting: ExportLine[] = []
  const flush = async () => {
    const moved = await stageChunk(options.db, {
      id: options.id,
      from: staged,
      to: number - 1,
      lines: waiting,
    })
    staged = number - 1
    waiting = []
    return moved
  }
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      signal?.throwIfAborted()
      number += 1
      if (header === null) {
        const reading = readExportHeader(fields)
        if (!reading.ok) return reading
        header = { columns: reading.columns, width: fields.length }
        continue
      }
      if (number - 1 <= options.linesDone) continue
      const reading = readExportLine(fields, { ...header, number })
      if (!reading.ok) return reading
      if (reading.line) waiting.push(reading.line)
      if (number - 1 - staged >= chunkLines && !(await flush())) return { ok: false, refusal: null }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return {
      ok: false,
      refusal: { line: Number(error.lines ?? number + 1), column: null, message: error.message },
    }
  } finally {
    file.destroy()
  }
  if (header === null)
    return {
      ok: false,
      refusal: { line: 1, column: null, message: 'the file is empty: there is no header line' },
    }
  if (number - 1 > staged && !(await flush())) return { ok: false, refusal: null }
  return { ok: true, lines: number - 1 }
}
