import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import type { RecordAudit } from '#server/audit/record-audit'
import { clearLeftUploads, uploadFolder } from '#server/costs/clear-left-uploads'
import { announceExport, refuseExport, type StagedExport } from '#server/costs/reconciliation-store'
import { stageExport } from '#server/costs/stage-export'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import type { Clock } from '#server/telemetry/clock'

export interface ImportParts {
  db: Pick<Database, 'pool' | 'orm'>
  clock: Clock
  record: RecordAudit
  newId: () => string
  /** Uploads are kept here while they are read. */
  dataDir: string
  signal?: AbortSignal
}

export interface Upload {
  body: AsyncIterable<Uint8Array>
  fileName: string
  limitBytes: number
  actorId: string
  reason: string
  requestId: string
}

/** A file that has arrived and whose lines are still to be read; `done` when they are. */
export interface AcceptedUpload extends StagedExport {
  done: Promise<void>
}

/**
 * Takes an upload in: to disk first, where its hash tells whether it is known. A file that is in already is left as it
 * is, one that was broken off goes on where it was. `done` rejects only when the database or the disk fails: a mistake
 * in the file is kept with the reconciliation.
 * @throws AppError `body_too_large`, `body_incomplete`.
 */
export async function acceptUpload(parts: ImportParts, upload: Upload): Promise<AcceptedUpload> {
  const folder = uploadFolder(parts.dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await clearLeftUploads(parts.dataDir, parts.clock.nowMs())
  const path = join(folder, `${parts.newId()}.csv`)
  try {
    const { fileHash, sizeBytes } = await spool(path, upload)
    const staged = await announceExport(parts.db, {
      ...{ id: parts.newId(), fileHash, sizeBytes, fileName: upload.fileName },
      ...{ createdBy: upload.actorId, atMs: parts.clock.nowMs() },
    })
    const work = staged.state === 'ready' ? Promise.resolve() : takeIn(parts, { staged, path, upload })
    return { ...staged, done: work.finally(() => rm(path, { force: true })) }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function spool(path: string, { body, limitBytes }: Upload) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* measured() {
    for await (const chunk of body) {
      sizeBytes += chunk.length
      if (sizeBytes > limitBytes)
        throw new AppError('body_too_large', {
          message: `The file is larger than ${limitBytes} bytes: export fewer days, or by subscription.`,
        })
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    await pipeline(Readable.from(measured(), { objectMode: false }), createWriteStream(path, { mode: 0o600 }))
  } catch (cause) {
    if (AppError.is(cause)) throw cause
    throw new AppError('body_incomplete', {
      message: 'The connection ended before the whole file arrived.',
      cause,
    })
  }
  return { fileHash: hash.digest('hex'), sizeBytes }
}

interface Taking {
  staged: StagedExport
  path: string
  upload: Upload
}

async function takeIn(
  parts: ImportParts,
  { staged: { id, linesDone }, path, upload }: Taking,
): Promise<void> {
  const { db, signal } = parts
  const file = createReadStream(path)
  const outcome = await stageExport({ db, id, file, linesDone, ...(signal && { signal }) })
  if (outcome.ok) await switchIn(parts, { id, lines: outcome.lines, upload })
  else if (outcome.refusal)
    await refuseExport(db, { id, refusal: outcome.refusal, atMs: parts.clock.nowMs() })
}

/** From here on its days are the invoice's. */
async function switchIn(
  { db, clock, record }: ImportParts,
  { id, lines, upload }: { id: string; lines: number; upload: Upload },
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const { rowCount } = await tx.execute(sql`
      UPDATE reconciliations SET state = 'ready', ended_at = ${new Date(clock.nowMs()).toISOString()}::timestamptz,
        first_day = (SELECT min(day) FROM reconciliation_meter_days WHERE reconciliation_id = ${id}),
        last_day = (SELECT max(day) FROM reconciliation_meter_days WHERE reconciliation_id = ${id})
      WHERE id = ${id} AND state = 'staging'`)
    if (rowCount === 0) return
    await record(tx, {
      action: 'reconciliation.import',
      actorId: upload.actorId,
      resource: `reconciliation/${id}`,
      after: { fileName: upload.fileName, lines },
      reason: upload.reason,
      correlationId: upload.requestId,
    })
  })
}
