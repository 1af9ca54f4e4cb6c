import { expect, it } from 'vitest'
import { alertMetrics } from '#lib/alerts/built-in-rules'
import { observeAudit } from '#server/audit/observe-audit'
import { auditNowMs, auditWorld } from '#tests/support/audit-worlds'
import { describeOnDatabases } from '#tests/support/databases'

describeOnDatabases('what the alerts are told of the audit log', (openDb) => {
  it('is nothing while all is well, else the problem or how long an entry waits', async () => {
    const db = await openDb()
    const observe = observeAudit(db)
    expect(await observe(auditNowMs)).toEqual([])
    const world = auditWorld(db)
    await world.append(1)
    const waiting = await observe(auditNowMs + 5_000)
    expect(waiting).toMatchObject([{ metric: 'audit.unsealed_seconds', value: 5, unit: 's' }])
    await world.seal()
    expect(await observe(auditNowMs)).toEqual([])
    await db.pool.query(
      `INSERT INTO audit_verifications (id, scope, state, started_at, total, checked, to_sequence, problem, instance_id)
       VALUES ('ver_1', 'whole', 'failed', now(), 9, 6, 6, '{"kind":"changed","sequence":7,"toSequence":7}', 'ins_1')`,
    )
    const failed = await observe(auditNowMs)
    expect(failed).toMatchObject([
      { metric: 'audit.verification_failed', value: 1, detail: expect.stringMatching(/^Entry 7: /) },
    ])
    for (const { metric } of [...waiting, ...failed]) expect(alertMetrics).toContain(metric)
  })
})
