import { AppError } from '#server/http/app-error'

const decoder = new TextDecoder('utf-8', { fatal: true })

export interface JsonBody {
  value: unknown
  bytes: number
}

/**
 * Reads a JSON body of at most `limitBytes`.
 *
 * @throws AppError `unsupported_media_type`, `body_too_large`, `body_incomplete`, `invalid_utf8`, `invalid_json`.
 */
export async function readJsonBody(request: Request, limitBytes: number): Promise<JsonBody> {
  const type = request.headers.get('content-type')
  if (!type || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new AppError('unsupported_media_type', {
      message: `The content type is ${type ? `"${type.slice(0, 100)}"` : 'missing'}; send "application/json".`,
    })
  }
  const bytes = await readBytes(request, limitBytes)
  return { value: parseJson(decodeUtf8(bytes)), bytes: bytes.length }
}

/** The whole body. @throws AppError `body_too_large`, `body_incomplete`. */
export async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > limitBytes) throw tooLarge(limitBytes)
  return declared === null ? readChunks(request, limitBytes) : readWhole(request)
}

/** With a declared length the server's parser holds the body to it, and reading it in one piece is cheap. */
async function readWhole(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer())
  } catch (cause) {
    throw incomplete(cause)
  }
}

async function readChunks(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > limitBytes) throw tooLarge(limitBytes)
      chunks.push(chunk)
    }
  } catch (cause) {
    throw AppError.is(cause) ? cause : incomplete(cause)
  }
  return Buffer.concat(chunks, size)
}

function incomplete(cause: unknown): AppError {
  return new AppError('body_incomplete', {
    message: 'The connection ended before the whole body arrived.',
    cause,
  })
}

/** @throws AppError `invalid_utf8`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new AppError('invalid_utf8', {
      message: 'The body holds bytes that are not UTF-8; encode it as UTF-8.',
      cause,
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const where = cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable'
    throw new AppError('invalid_json', { message: `The body is not valid JSON: ${where}`, cause })
  }
}

function tooLarge(limitBytes: number): AppError {
  const limit = `${Math.floor(limitBytes / 1024 / 1024)} MiB`
  return new AppError('body_too_large', { message: `The body is larger than ${limit}; send less at a time.` })
}
