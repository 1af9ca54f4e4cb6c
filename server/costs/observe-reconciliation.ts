import type { Observation } from '#lib/alerts/observation'
import type { PriceBook } from '#lib/costs/price-book'
import { latestReady, readVariance } from '#server/costs/read-reconciliations'
import type { Database } from '#server/db/database'

/** The ledger of an invoiced month hardly moves: it is not compared anew every few seconds. */
const freshForMs = 60_000

/** How far the last invoice that was taken in and the ledger are apart. */
export function observeReconciliation(db: Pick<Database, 'pool'>, book: () => PriceBook) {
  let known: { id: string; atMs: number; observed: readonly Observation[] } | null = null
  return async (nowMs: number): Promise<readonly Observation[]> => {
    const id = await latestReady(db)
    if (id === null) return []
    if (known === null || known.id !== id || nowMs - known.atMs >= freshForMs) {
      known = { id, atMs: nowMs, observed: await observe(db, { id, book: book() }) }
    }
    return known.observed
  }
}

async function observe(
  db: Pick<Database, 'pool'>,
  { id, book }: { id: string; book: PriceBook },
): Promise<readonly Observation[]> {
  const { varianceRatio, lines, firstDay, lastDay } = await readVariance(db, { id, book })
  if (varianceRatio === null) return []
  const dearest = lines.find(({ cause }) => cause !== 'none')
  const most = dearest ? ` Most on ${dearest.day}, ${dearest.model}: ${dearest.text}` : ''
  return [
    {
      metric: 'reconciliation.variance_ratio',
      labels: { import: id },
      value: varianceRatio,
      unit: 'ratio',
      requestIds: [],
      detail: `The invoice of ${firstDay} to ${lastDay} and the ledger differ.${most}`,
    },
  ]
}
