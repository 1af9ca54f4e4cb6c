import type { z } from 'zod'
import { AppError } from '#server/http/app-error'
import { describeIssues, issuesSentence } from '#server/http/describe-issues'

/** @throws AppError `invalid_request` naming every faulty field. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = describeIssues(parsed.error)
  throw new AppError('invalid_request', { message: issuesSentence(errors), param: errors[0]?.path, errors })
}
