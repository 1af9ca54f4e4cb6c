import type { z } from 'zod'
import { unstorablePath, unstorableText } from '#lib/contracts/unstorable-path'
import { AppError } from '#server/http/app-error'
import { fieldPath } from '#server/http/describe-issues'
import { parseWith } from '#server/http/parse-with'

/**
 * As `parseWith`, for what is looked up or kept.
 * @throws AppError `invalid_request` naming every faulty field, or the first text that no store keeps.
 */
export function parseStored<T>(schema: z.ZodType<T>, value: unknown): T {
  return storable(parseWith(schema, value))
}

/** The value itself. @throws AppError `invalid_request` naming the first text that no store keeps. */
export function storable<T>(value: T): T {
  const found = unstorablePath(value)
  if (!found) return value
  const path = fieldPath(found)
  const errors = [{ path, message: unstorableText }]
  throw new AppError('invalid_request', {
    message: path === '' ? `The text ${unstorableText}.` : `${path}: ${unstorableText}`,
    param: path,
    errors,
  })
}
