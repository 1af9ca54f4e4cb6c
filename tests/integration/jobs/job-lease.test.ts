import { expect, it } from 'vitest'
import { createJobLease } from '#server/jobs/job-lease'
import { describeOnDatabases } from '#tests/support/databases'

describeOnDatabases('a job lease', (openDb, { kind }) => {
  it.runIf(kind === 'postgres')('belongs to one instance until it gives it back or it expires', async () => {
    const db = await openDb()
    const lease = (holder: string, forMs: number) => createJobLease({ db, name: 'sweep', holder, forMs })
    const [first, second] = [lease('ins_1', 600_000), lease('ins_2', 600_000)]
    const other = createJobLease({ db, name: 'another', holder: 'ins_2', forMs: 600_000 })
    expect(await Promise.all([first.take(), other.take()])).toEqual([true, true])
    expect([await second.take(), await first.take(), await second.take()]).toEqual([false, true, false])
    await second.release()
    expect(await second.take()).toBe(false)
    await first.release()
    expect(await second.take()).toBe(true)
    const expired = lease('ins_2', 0)
    expect(await expired.take()).toBe(true)
    expect([await first.take(), await second.take()]).toEqual([true, false])
  })

  it.runIf(kind === 'postgres')('goes to exactly one of many that ask at once', async () => {
    const db = await openDb()
    const takes = Array.from({ length: 8 }, (_, index) =>
      createJobLease({ db, name: 'crowd', holder: `ins_${index}`, forMs: 600_000 }).take(),
    )
    expect((await Promise.all(takes)).filter((taken) => taken)).toHaveLength(1)
  })

  it.runIf(kind === 'embedded')('costs an embedded database nothing', async () => {
    const db = await openDb()
    const lease = createJobLease({ db, name: 'sweep', holder: 'ins_1', forMs: 1 })
    expect(await lease.take()).toBe(true)
    const { rows } = await db.pool.query('SELECT count(*)::int AS n FROM job_leases')
    expect(rows).toEqual([{ n: 0 }])
  })
})
