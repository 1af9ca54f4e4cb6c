import { AppError } from '#server/http/app-error'

/** A refusal that names one field. */
export function wrongField(path: string, message: string): AppError {
  return new AppError('invalid_request', {
    message: `${path}: ${message}`,
    param: path,
    errors: [{ path, message }],
  })
}
