import { z } from 'zod'
import { AppError } from '#server/http/app-error'

/** The last row of a page; the next page begins behind it. */
export interface RequestPosition {
  startedAtMs: number
  id: string
}

const position = z.tuple([z.int().min(0).max(8_640_000_000_000_000), z.string().min(1).max(200)])

export function encodeCursor({ startedAtMs, id }: RequestPosition): string {
  return Buffer.from(JSON.stringify([startedAtMs, id])).toString('base64url')
}

/** @throws AppError `invalid_request` for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): RequestPosition {
  const parsed = position.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parsed.success) {
    throw new AppError('invalid_request', {
      message: 'cursor is not one that this list returned',
      param: 'cursor',
    })
  }
  const [startedAtMs, id] = parsed.data
  return { startedAtMs, id }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
