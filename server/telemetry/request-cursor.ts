import { z } from 'zod'
import * as listCursor from '#server/http/list-cursor'

/** The last row of a page; the next page begins behind it. */
export interface RequestPosition {
  startedAtMs: number
  id: string
}

const position = z.tuple([z.int().min(0).max(8_640_000_000_000_000), z.string().min(1).max(200)])

export function encodeCursor({ startedAtMs, id }: RequestPosition): string {
  return listCursor.encodeCursor([startedAtMs, id])
}

/** @throws AppError `invalid_request` for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): RequestPosition {
  const [startedAtMs, id] = listCursor.decodeCursor(position, cursor)
  return { startedAtMs, id }
}
