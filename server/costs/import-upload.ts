import { largestExportBytes } from '#lib/contracts/reconciliations'
import { newId } from '#server/access/new-id'
import { acceptUpload } from '#server/costs/import-usage-export'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

export interface UploadRequest {
  fileName: string
  reason: string
  actorId: string
  request: Request
  requestId: string
}

/**
 * Takes the request's body as a usage export. Answers once it is on disk and known by its hash; its lines are read
 * after that, and `GET` tells how far it is.
 * @throws AppError `unsupported_media_type`, `body_too_large`, `body_incomplete`.
 */
export async function importUpload(
  container: Pick<Container, 'db' | 'clock' | 'audit' | 'env' | 'shutdown' | 'log'>,
  { request, ...upload }: UploadRequest,
) {
  const type = request.headers.get('content-type') ?? ''
  if (!/^text\/csv\b/i.test(type) || request.body === null)
    throw new AppError('unsupported_media_type', {
      message: 'Send the export itself as the body, with the content type text/csv.',
    })
  const { db, clock, audit, env, shutdown, log } = container
  const { done, ...accepted } = await acceptUpload(
    {
      ...{ db, clock, record: audit.record, dataDir: env.HUNTAZE_DATA_DIR, signal: shutdown.signal },
      newId: () => newId('rec'),
    },
    { ...upload, body: request.body, limitBytes: largestExportBytes },
  )
  done.catch((error: unknown) =>
    log.info(
      { requestId: upload.requestId, reconciliation: accepted.id, err: error },
      'usage export broken off',
    ),
  )
  return accepted
}
