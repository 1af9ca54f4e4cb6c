import { AppError } from '#server/http/app-error'
import { decodeUtf8, readBytes } from '#server/http/read-json-body'

export interface TextBody {
  limitBytes: number
  /** Content types that are taken. */
  types: RegExp
  /** The one to be named in a refusal. */
  wanted: string
}

/**
 * Reads a body of text.
 * @throws AppError `unsupported_media_type`, `body_too_large`, `body_incomplete`, `invalid_utf8`.
 */
export async function readTextBody(
  request: Request,
  { limitBytes, types, wanted }: TextBody,
): Promise<string> {
  const type = request.headers.get('content-type')
  if (!type || !types.test(type))
    throw new AppError('unsupported_media_type', {
      message: `The content type is ${type ? `"${type.slice(0, 100)}"` : 'missing'}; send the file itself as "${wanted}".`,
    })
  return decodeUtf8(await readBytes(request, limitBytes))
}
