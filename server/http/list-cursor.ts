import type { z } from 'zod'
import { parseJson } from '#lib/gateway/json-fields'
import { AppError } from '#server/http/app-error'

/** The last row of a page as an opaque text; the next page begins behind it. */
export function encodeCursor(position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws AppError `invalid_request` naming `cursor` for anything that the list of that position did not return. */
export function decodeCursor<Position>(position: z.ZodType<Position>, cursor: string): Position {
  const parsed = position.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (parsed.success) return parsed.data
  throw new AppError('invalid_request', {
    message: 'cursor is not one that this list returned',
    param: 'cursor',
  })
}
