import type { Database } from '#server/db/database'
import type { Log } from '#server/telemetry/log'
import { safeCause } from '#server/telemetry/safe-cause'
import type { FeatureCounter } from '#server/traffic/feature-counter'
import type { RolloutCounter, TakenCounts } from '#server/traffic/rollout-counter'

/** Writes what this instance counted, soon after it did; while nothing is counted nothing happens. */
export interface RolloutSync {
  /** Something was counted. */
  wake(): void
  /** Resolves when everything counted so far is written. @throws when the database does not take it. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface RolloutSyncOptions {
  db: Pick<Database, 'pool'>
  counter: RolloutCounter
  features: FeatureCounter
  instanceId: string
  log: Pick<Log, 'warn'>
}

const afterMs = 2_000

/** Totals so far, so a row that is written twice says the same. */
const countsStatement = `
INSERT INTO rollout_counts (rollout_id, visit, instance_id, weight_bps, counts)
SELECT one->>'rolloutId', (one->>'visit')::int, $1, (one->>'weightBps')::int, one->'counts'
FROM jsonb_array_elements($2::jsonb) AS one
ON CONFLICT (rollout_id, visit, instance_id) DO UPDATE SET counts = excluded.counts`

/** Whoever writes a unit first says where it stood. */
const unitsStatement = `
INSERT INTO rollout_units AS present (rollout_id, visit, unit, side, session, kept, last_seen)
SELECT DISTINCT ON (rollout_id, visit, unit) rollout_id, visit, unit, side, session, kept, to_timestamp(seen_ms / 1000)
FROM jsonb_to_recordset($1::jsonb)
  AS one(rollout_id text, visit int, unit text, side text, session boolean, kept boolean, seen_ms float8)
ORDER BY rollout_id, visit, unit, seen_ms DESC
ON CONFLICT (rollout_id, visit, unit) DO UPDATE SET last_seen = greatest(present.last_seen, excluded.last_seen)`

const featuresStatement = `
INSERT INTO feature_uses (day, instance_id, tier, operation, feature, requests)
SELECT day, $1, tier, operation, feature, requests
FROM jsonb_to_recordset($2::jsonb) AS one(day date, tier text, operation text, feature text, requests bigint)
ON CONFLICT (day, tier, operation, feature, instance_id) DO UPDATE SET requests = excluded.requests`

export function createRolloutSync(options: RolloutSyncOptions): RolloutSync {
  const { db, counter, features, instanceId, log } = options
  let timer: ReturnType<typeof setTimeout> | null = null
  let writing: Promise<void> = Promise.resolve()
  let failing = false
  let closed = false

  async function write(): Promise<void> {
    const taken = counter.take()
    const uses = features.take()
    try {
      await writeCounts(taken)
      if (uses.length > 0) await db.pool.query(featuresStatement, [instanceId, JSON.stringify(uses)])
      failing = false
    } catch (error) {
      counter.giveBack(taken)
      features.giveBack(uses)
      throw error
    }
  }

  async function writeCounts({ counts, units }: TakenCounts): Promise<void> {
    if (units.length > 0)
      await db.pool.query(unitsStatement, [
        JSON.stringify(
          units.map(({ rolloutId, lastSeenMs, ...unit }) => ({
            ...unit,
            rollout_id: rolloutId,
            seen_ms: lastSeenMs,
          })),
        ),
      ])
    if (counts.length > 0) await db.pool.query(countsStatement, [instanceId, JSON.stringify(counts)])
  }

  function flush(): Promise<void> {
    writing = writing.catch(() => undefined).then(write)
    return writing
  }

  function schedule(): void {
    if (timer || closed) return
    timer = setTimeout(() => {
      timer = null
      flush().catch((cause: unknown) => {
        if (!failing)
          log.warn(
            { cause: safeCause(cause) },
            'counts of rollouts cannot be written; they are kept and tried again',
          )
        failing = true
        schedule()
      })
    }, afterMs)
    timer.unref()
  }

  return {
    wake: schedule,
    flush,
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await flush().catch((cause: unknown) => {
        log.warn({ cause: safeCause(cause) }, 'the last counts of rollouts could not be written')
      })
    },
  }
}
