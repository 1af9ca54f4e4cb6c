import type { Database } from '#server/db/database'
import type { MirrorOrder } from '#server/traffic/shadow/mirrors'

type Pool = Pick<Database, 'pool'>

/** `reached`: nothing is mirrored any more; `busy`: what is left is set aside for calls under way. */
export type Reserved = 'reserved' | 'reached' | 'busy'

/** Calls end within the tier's deadline; what is set aside for so long without any of them ending is lost with its instance. */
const lostAfterMinutes = 15

/** The row's cap counts, which may have been raised since the plan was made. */
const reserveStatement = `
INSERT INTO shadow_spends AS present (rollout_id, cap_pico_usd, held_pico_usd, spent_pico_usd, settled_at)
SELECT $1::text, $2::bigint, $3::bigint, 0, $4::timestamptz WHERE $3::bigint <= $2::bigint
  OR EXISTS (SELECT FROM shadow_spends WHERE rollout_id = $1::text)
ON CONFLICT (rollout_id) DO UPDATE SET held_pico_usd = present.held_pico_usd + $3::bigint
WHERE present.cap_reached_at IS NULL AND present.held_pico_usd + $3::bigint <= present.cap_pico_usd
RETURNING rollout_id`

/** The first call that could pass the cap ends all of them. */
const reachStatement = `
INSERT INTO shadow_spends AS present (rollout_id, cap_pico_usd, held_pico_usd, spent_pico_usd, cap_reached_at)
VALUES ($1, $2, 0, 0, $4)
ON CONFLICT (rollout_id) DO UPDATE SET cap_reached_at = coalesce(present.cap_reached_at, excluded.cap_reached_at)
WHERE present.cap_reached_at IS NOT NULL OR present.spent_pico_usd + $3::bigint > present.cap_pico_usd
  OR present.settled_at < $4::timestamptz - interval '${lostAfterMinutes} minutes'
RETURNING rollout_id`

const settleStatement = `
UPDATE shadow_spends SET held_pico_usd = held_pico_usd + $3::bigint - $2::bigint,
  spent_pico_usd = spent_pico_usd + $3::bigint, settled_at = $4
WHERE rollout_id = $1`

/** The money of one order's rollout. */
export interface Spender {
  /**
   * Sets aside the most that a call may cost. One statement over all instances: what is set aside and spent together never
   * passes the cap.
   */
  reserve(picoUsd: bigint): Promise<Reserved>
  /** What a call for which `reserved` was set aside has really cost. */
  settle(reserved: bigint, picoUsd: bigint): Promise<void>
}

export function spenderOf({ pool }: Pool, { run, share, shadow }: MirrorOrder): Spender {
  const now = () => new Date(run.parts.clock.nowMs()).toISOString()
  const { rolloutId } = share
  return {
    async reserve(picoUsd) {
      const asked = [rolloutId, shadow.capPicoUsd, picoUsd.toString(), now()]
      if ((await pool.query(reserveStatement, asked)).rows.length > 0) return 'reserved'
      const { rows } = await pool.query(reachStatement, asked)
      return rows.length > 0 ? 'reached' : 'busy'
    },
    async settle(reserved, picoUsd) {
      await pool.query(settleStatement, [rolloutId, reserved.toString(), picoUsd.toString(), now()])
    },
  }
}
