import { and, asc, eq, gte, lte } from 'drizzle-orm'
import { labelsKey } from '#lib/alerts/alert-labels'
import type { Observation } from '#lib/alerts/observation'
import { alertSamples } from '#schema/alerts'
import type { Database } from '#server/db/database'

/** Keeps observed values for graphs and previews. */
export interface AlertSampler {
  /** Writes what changed since it was written last, of each series at most once a minute. */
  keep(seen: {
    observations: readonly Observation[]
    failedReaders: ReadonlySet<string>
    nowMs: number
  }): Promise<void>
}

interface Last {
  metric: string
  series: string
  value: number | null
  atMs: number
}

const everyMs = 60_000
const mostRead = 100_000
/** More would be a label that grows without end. */
const mostSeries = 2_000

/** Nothing is written while nothing changes. */
export function createAlertSampler(db: Pick<Database, 'orm'>): AlertSampler {
  const known = new Map<string, Last>()

  return {
    async keep({ observations, failedReaders, nowMs }) {
      const present = new Map<string, Observation>()
      for (const one of observations) present.set(`${one.metric} ${labelsKey(one.labels)}`, one)
      const rows: (Last & { sample: number | null })[] = []
      for (const [key, { metric, labels, value, sample = null }] of present) {
        const last = known.get(key)
        if (last ? last.value === value || nowMs - last.atMs < everyMs : known.size >= mostSeries) continue
        rows.push({ metric, series: labelsKey(labels), value, sample, atMs: nowMs })
      }
      for (const [key, last] of known) {
        const gone = !present.has(key) && !failedReaders.has(last.metric.split('.')[0] ?? '')
        if (gone && last.value !== null) rows.push({ ...last, value: null, sample: null, atMs: nowMs })
      }
      if (rows.length > 0) {
        const values = rows.map(({ atMs, ...row }) => ({ ...row, at: new Date(atMs) }))
        await db.orm.insert(alertSamples).values(values).onConflictDoNothing()
      }
      for (const { sample: _sample, ...row } of rows) known.set(`${row.metric} ${row.series}`, row)
    },
  }
}

/** Samples of one metric, oldest first. */
export async function readSamples(
  db: Pick<Database, 'orm'>,
  { metric, fromMs, toMs }: { metric: string; fromMs: number; toMs: number },
) {
  return db.orm
    .select()
    .from(alertSamples)
    .where(
      and(
        eq(alertSamples.metric, metric),
        gte(alertSamples.at, new Date(fromMs)),
        lte(alertSamples.at, new Date(toMs)),
      ),
    )
    .orderBy(asc(alertSamples.at))
    .limit(mostRead)
}
