import { type ErrorCode, errorCatalogue } from '#lib/contracts/error-catalogue'

const brand = Symbol.for('huntaze.AppError')

export interface AppErrorDetails {
  /** What is wrong, where, and what to do, for the caller. Holds no secret and no provider key. */
  message: string
  /** Path of the faulty field, e.g. `messages[3].role`. */
  param?: string
  /** Every mistake, when there are several. */
  errors?: readonly { path: string; message: string }[]
  /** Milliseconds after which the caller may try again; becomes Retry-After. */
  retryAfterMs?: number
  /** Extra fields of OpenAI's error object, such as Azure's `innererror`. */
  extra?: Readonly<Record<string, unknown>>
  /** Headers that go with it, beside those that every error has. */
  headers?: Readonly<Record<string, string>>
  /** The provider's own status where ours should follow it. */
  status?: number
  cause?: unknown
}

/** An error of the catalogue. Recognised by brand, because Next loads modules more than once. */
export class AppError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly details: AppErrorDetails

  constructor(code: ErrorCode, details: AppErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return this.details.status ?? errorCatalogue[this.code].status
  }

  static is(value: unknown): value is AppError {
    return typeof value === 'object' && value !== null && brand in value
  }
}
