import type { ExportRefusal } from '#lib/costs/usage-export-columns'
import type { ExportLine } from '#lib/costs/usage-export-line'
import type { Database } from '#server/db/database'

/** A usage export as it was announced. */
export interface AnnouncedExport {
  id: string
  fileHash: string
  fileName: string
  sizeBytes: number
  createdBy: string
  atMs: number
}

export interface StagedExport {
  id: string
  state: 'staging' | 'ready'
  linesDone: number
}

/** Announces a file, or finds the same file announced before: then how far it came. */
export async function announceExport(
  db: Pick<Database, 'pool'>,
  { id, fileHash, fileName, sizeBytes, createdBy, atMs }: AnnouncedExport,
): Promise<StagedExport> {
  await db.pool.query(
    `INSERT INTO reconciliations (id, file_hash, file_name, size_bytes, state, created_by, created_at)
     VALUES ($1, $2, $3, $4, 'staging', $5, $6::timestamptz)
     ON CONFLICT (file_hash) WHERE state <> 'refused' DO NOTHING`,
    [id, fileHash, fileName, sizeBytes, createdBy, new Date(atMs).toISOString()],
  )
  const { rows } = await db.pool.query<StagedExport>(
    `SELECT id, state, lines_done AS "linesDone" FROM reconciliations WHERE file_hash = $1 AND state <> 'refused'`,
    [fileHash],
  )
  const [found] = rows
  if (!found) throw new Error(`the usage export ${id} vanished while it was announced`)
  return found
}

export interface StagedChunk {
  id: string
  /** Lines that were done before, which nobody else may have moved since, and after this chunk. */
  from: number
  to: number
  lines: readonly ExportLine[]
}

/**
 * Adds a chunk and moves `lines_done` by one statement, so that a broken-off import goes on where it was.
 * False when somebody else is importing the same file: nothing was added.
 */
export async function stageChunk(
  db: Pick<Database, 'pool'>,
  { id, from, to, lines }: StagedChunk,
): Promise<boolean> {
  const sums = [...addUp(lines).values()]
  const { rows } = await db.pool.query<{ moved: string }>(stageStatement, [
    id,
    from,
    to,
    sums.map(({ day }) => day),
    sums.map(({ meterId }) => meterId),
    sums.map(({ meterName }) => meterName),
    sums.map(({ unit }) => unit),
    sums.map(({ quantityPico }) => String(quantityPico)),
    sums.map(({ costPicoUsd }) => String(costPicoUsd)),
    sums.map(({ count }) => count),
  ])
  return rows[0]?.moved === '1'
}

const stageStatement = `
WITH moved AS (
  UPDATE reconciliations SET lines_done = $3 WHERE id = $1 AND lines_done = $2 AND state = 'staging' RETURNING id
), added AS (
  INSERT INTO reconciliation_meter_days AS known
    (reconciliation_id, day, meter_id, meter_name, unit, quantity_pico, cost_pico_usd, lines)
  SELECT moved.id, line.* FROM moved,
    unnest($4::date[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[], $10::int[]) AS line
  ON CONFLICT (reconciliation_id, day, meter_id, meter_name, unit) DO UPDATE SET
    quantity_pico = known.quantity_pico + excluded.quantity_pico,
    cost_pico_usd = known.cost_pico_usd + excluded.cost_pico_usd,
    lines = known.lines + excluded.lines
)
SELECT count(*)::text AS moved FROM moved`

/** Lines of one meter and day are one row. */
function addUp(lines: readonly ExportLine[]): Map<string, ExportLine & { count: number }> {
  const sums = new Map<string, ExportLine & { count: number }>()
  for (const line of lines) {
    const key = [line.day, line.meterId, line.meterName, line.unit].join('\n')
    const sum = sums.get(key)
    if (sum) {
      sum.quantityPico += line.quantityPico
      sum.costPicoUsd += line.costPicoUsd
      sum.count += 1
    } else sums.set(key, { ...line, count: 1 })
  }
  return sums
}

/** Takes back all that was staged and keeps why. */
export async function refuseExport(
  db: Pick<Database, 'pool'>,
  { id, refusal, atMs }: { id: string; refusal: ExportRefusal; atMs: number },
): Promise<void> {
  await db.pool.query(
    `WITH refused AS (
       UPDATE reconciliations SET state = 'refused', refusal = $2::jsonb, ended_at = $3::timestamptz
       WHERE id = $1 AND state = 'staging' RETURNING id)
     DELETE FROM reconciliation_meter_days WHERE reconciliation_id IN (SELECT id FROM refused)`,
    [id, JSON.stringify(refusal), new Date(atMs).toISOString()],
  )
}
