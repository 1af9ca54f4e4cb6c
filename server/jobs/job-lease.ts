import type { Database } from '#server/db/database'

/** The right of one instance among many to run a job. */
export interface JobLease {
  /** Takes or prolongs the lease; false while another instance holds it. */
  take(): Promise<boolean>
  /** Gives it back, so that another instance need not wait for its end. */
  release(): Promise<void>
}

export interface JobLeaseOptions {
  db: Pick<Database, 'kind' | 'pool'>
  /** Name of the job. */
  name: string
  /** Id of this instance. */
  holder: string
  /** Longer than the pause between two takes, or the job wanders. */
  forMs: number
}

const takeStatement = `
INSERT INTO job_leases AS present (name, holder, expires_at)
VALUES ($1, $2, now() + $3::float8 * interval '1 millisecond')
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE present.holder = excluded.holder OR present.expires_at <= now()
RETURNING name`

/** An embedded database has one process, which needs no row: while nothing happens, nothing is written. */
export function createJobLease({ db, name, holder, forMs }: JobLeaseOptions): JobLease {
  if (db.kind === 'embedded') return { take: async () => true, release: async () => undefined }
  return {
    async take() {
      const { rows } = await db.pool.query(takeStatement, [name, holder, forMs])
      return rows.length > 0
    },
    async release() {
      await db.pool.query('DELETE FROM job_leases WHERE name = $1 AND holder = $2', [name, holder])
    },
  }
}
