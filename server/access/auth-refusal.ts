import { z } from 'zod'
import type { ErrorCode } from '#lib/contracts/error-catalogue'
import { tooMany } from '#server/access/rate-limiter'
import { AppError } from '#server/http/app-error'

const refusalBody = z.object({ code: z.string().optional(), message: z.string().optional() })

const foreignOrigin = {
  code: 'foreign_origin',
  message: 'Signing in works from the console itself only. If this is its address, set PUBLIC_URL to it.',
} as const

/** What better-auth says, as we say it; by its error codes. */
const known: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  INVALID_EMAIL_OR_PASSWORD: {
    code: 'not_signed_in',
    message: 'The e-mail address or the password is wrong.',
  },
  INVALID_PASSWORD: { code: 'not_signed_in', message: 'The present password is wrong.' },
  account_disabled: {
    code: 'not_signed_in',
    message: 'This account is disabled. An admin can enable it again.',
  },
  PROVIDER_NOT_FOUND: { code: 'not_found', message: 'Signing in with Microsoft is not configured here.' },
  INVALID_ORIGIN: foreignOrigin,
  MISSING_OR_NULL_ORIGIN: foreignOrigin,
  CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: foreignOrigin,
  INVALID_CALLBACK_URL: { code: 'foreign_origin', message: 'The callbackURL is not one of the console.' },
  INVALID_ERROR_CALLBACK_URL: {
    code: 'foreign_origin',
    message: 'The errorCallbackURL is not one of the console.',
  },
}

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'not_signed_in',
  403: 'missing_role',
  404: 'not_found',
  405: 'method_not_allowed',
  415: 'unsupported_media_type',
}

/** A refusal of better-auth as an error of the catalogue. */
export async function refusal(answer: Response): Promise<AppError> {
  if (answer.status === 429) return tooMany(Number(answer.headers.get('x-retry-after') ?? 60) * 1000)
  const body = refusalBody.safeParse(await answer.json().catch(() => ({})))
  const row = known[body.data?.code ?? '']
  if (row) return new AppError(row.code, { message: row.message, cause: body.data?.code })
  const code = byStatus[answer.status] ?? 'internal_error'
  const message = code === 'internal_error' ? undefined : body.data?.message
  return new AppError(code, { message: message ?? 'The sign-in request failed here; trying again may help.' })
}
