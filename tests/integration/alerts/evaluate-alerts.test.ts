import { expect, it } from 'vitest'
import { alertRule } from '#lib/alerts/alert-rule'
import type { AlertReport } from '#lib/contracts/alerts'
import { acknowledgeAlert } from '#server/alerts/acknowledge-alert'
import { createAlertSampler } from '#server/alerts/alert-samples'
import { evaluateAlerts } from '#server/alerts/evaluate-alerts'
import { exportAlerts } from '#server/alerts/export-alerts'
import { listAlerts, readAlert, summariseAlerts } from '#server/alerts/list-alerts'
import { previewOnPast } from '#server/alerts/preview-rule'
import { purgeAlerts } from '#server/alerts/purge-alerts'
import { changeRule, readRules, removeRule } from '#server/alerts/rules'
import { createSilence, endSilence, readSilences } from '#server/alerts/silences'
import type { Database } from '#server/db/database'
import { type AlertWorld, breakerOpen, createAlertWorld, deed } from '#tests/support/alert-parts'
import { bookInto, emptyLedger } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'

const open = async (db: Database) => (await listAlerts(db, { state: 'open', limit: 50 })).alerts
const kinds = ({ events }: AlertReport) => events.map(({ kind }) => kind)

async function clean(db: Database): Promise<void> {
  await db.pool.query(
    'TRUNCATE alerts, alert_events, alert_silences, alert_rules, alert_samples, alert_channels, alert_deliveries',
  )
}

function looker(world: AlertWorld) {
  const sampler = createAlertSampler(world.parts.db)
  return async (afterMs = 15_000) => {
    world.pass(afterMs)
    return evaluateAlerts(world.parts, sampler)
  }
}

/** An empty world of alerts, and a look at it. */
async function begin(openDb: () => Promise<Database>) {
  const db = await openDb()
  await clean(db)
  const world = createAlertWorld(db)
  return { db, world, look: looker(world) }
}

describeOnDatabases('alerts', (openDb) => {
  it('fire once, name the requests that caused them, and resolve once', async () => {
    const { db, world, look } = await begin(openDb)
    world.see([breakerOpen])
    await look()
    await look()
    const [alert, ...others] = await open(db)
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      ruleId: 'breaker-open',
      state: 'firing',
      severity: 'warning',
      sentence: 'Breaker open: deployment we-premium, signal health; 3 of 3 calls failed',
      requestIds: ['req_2', 'req_1'],
    })
    expect(await summariseAlerts(db, null)).toMatchObject({ firing: 1, critical: 0, acknowledged: 0 })
    world.see([])
    await look()
    await look()
    expect(await open(db)).toEqual([])
    const report = await readAlert(db, alert?.id ?? '', world.nowMs())
    expect(kinds(report)).toEqual(['fired', 'resolved'])
    expect(report.samples.map(({ value }) => value)).toEqual([1, null])
    world.see([breakerOpen])
    await look()
    expect((await open(db)).map(({ id }) => id)).not.toEqual([alert?.id])
  })

  it('stay open while their reader fails, and are seen again by another instance', async () => {
    const { db, world, look } = await begin(openDb)
    world.see([breakerOpen])
    await look()
    world.see(new Error('the database is away'))
    await look(3_600_000)
    expect(await open(db)).toHaveLength(1)
    world.see([])
    const other = looker(world)
    await other()
    expect(await open(db)).toEqual([])
  })

  it('are made once when two instances look at the same moment', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    world.see([breakerOpen])
    await Promise.all([looker(world)(0), looker(world)(0), looker(world)(0)])
    const { rows } = await db.pool.query('SELECT count(*)::int AS n FROM alert_events')
    expect(await open(db)).toHaveLength(1)
    expect(rows).toEqual([{ n: 1 }])
  })

  it('are acknowledged by one person, and resolve by themselves', async () => {
    const { db, world, look } = await begin(openDb)
    world.see([breakerOpen])
    await look()
    const [alert] = await open(db)
    const id = alert?.id ?? ''
    const report = await acknowledgeAlert(world.parts, { id, ...deed, reason: 'call +49 30 901820 about it' })
    expect(report.alert).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'usr_1' })
    expect(JSON.stringify(report)).not.toContain('901820')
    await expect(acknowledgeAlert(world.parts, { id, ...deed })).rejects.toThrow(/already/)
    await expect(acknowledgeAlert(world.parts, { id: 'alr_none', ...deed })).rejects.toMatchObject({
      code: 'not_found',
    })
    await look()
    expect(await open(db)).toHaveLength(1)
    world.see([])
    await look()
    await expect(acknowledgeAlert(world.parts, { id, ...deed })).rejects.toThrow(/resolved/)
    expect(kinds(await readAlert(db, id, world.nowMs()))).toEqual(['fired', 'acknowledged', 'resolved'])
    const audit = await db.pool.query(
      "SELECT action, resource FROM audit_entries WHERE action = 'alert.acknowledge'",
    )
    expect(audit.rows).toContainEqual({ action: 'alert.acknowledge', resource: `alert/${id}` })
  })

  it('that are silenced fire unheard until the silence ends', async () => {
    const { db, world, look } = await begin(openDb)
    const silence = await createSilence(world.parts, {
      ...deed,
      ruleId: null,
      labels: { deployment: 'we-premium' },
      minutes: 10,
    })
    world.see([breakerOpen])
    await look()
    const [alert] = await open(db)
    expect(alert?.silencedUntil).toBe(silence.endsAt)
    await endSilence(world.parts, { id: silence.id, ...deed })
    expect(await readSilences(db, world.nowMs())).toEqual([])
    await look()
    expect((await open(db))[0]?.silencedUntil).toBeNull()
    expect(kinds(await readAlert(db, alert?.id ?? '', world.nowMs()))).toEqual([
      'fired',
      'silenced',
      'unsilenced',
    ])
    const everything = createSilence(world.parts, { ...deed, ruleId: null, labels: {}, minutes: 10 })
    await expect(everything).rejects.toMatchObject({ details: { param: 'labels' } })
    const unknown = createSilence(world.parts, { ...deed, ruleId: 'no-such-rule', labels: {}, minutes: 10 })
    await expect(unknown).rejects.toMatchObject({ details: { param: 'ruleId' } })
    await expect(endSilence(world.parts, { id: silence.id, ...deed })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('P32: carry nothing that a person wrote, whatever the readers say', async () => {
    const db = await openDb()
    await clean(db)
    const world = createAlertWorld(db)
    const secrets = [
      'anna.schmidt@example.org',
      '+49 30 901820',
      '4111 1111 1111 1111',
      'DE89 3704 0044 0532 0130 00',
    ]
    world.see([
      {
        ...breakerOpen,
        labels: { deployment: `for ${secrets[0]}`, signal: secrets[2] ?? '' },
        requestIds: [`card ${secrets[2]}`],
        detail: `the provider said: ${secrets.join(', ')}`,
      },
    ])
    await looker(world)()
    const stored = await Promise.all(
      ['alerts', 'alert_events', 'alert_samples'].map((table) => db.pool.query(`SELECT * FROM ${table}`)),
    )
    const text = JSON.stringify(stored.map(({ rows }) => rows))
    expect(await open(db)).toHaveLength(1)
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  })

  it('on a sum name the costliest requests of those that it sums up', async () => {
    const db = await openDb()
    await clean(db)
    await emptyLedger(db)
    const world = createAlertWorld(db)
    const at = { startedAtMs: world.nowMs() - 60_000 }
    await bookInto(db, [
      aRecord('req_cheap', { ...at, costPicoUsd: '1' }),
      aRecord('req_dear', { ...at, costPicoUsd: '9000000000' }),
      aRecord('req_other', { ...at, accountId: 'acc_other' }),
    ])
    const labels = { budget: 'bud_1', account: 'acc_1' }
    world.see([{ metric: 'budget.used_ratio', labels, value: 0.83, unit: 'ratio', requestIds: [] }])
    await looker(world)()
    expect((await open(db)).map(({ ruleId, requestIds }) => [ruleId, ...requestIds])).toEqual([
      ['budget-80', 'req_dear', 'req_cheap'],
    ])
  })

  it('resolved long ago go, with their events and messages', async () => {
    const { db, world, look } = await begin(openDb)
    for (const seen of [[breakerOpen], [], [breakerOpen]]) {
      world.see(seen)
      await look()
    }
    await purgeAlerts(db, world.nowMs())
    expect((await listAlerts(db, { state: 'resolved', limit: 9 })).alerts).toHaveLength(1)
    await purgeAlerts(db, world.nowMs() + 401 * 86_400_000)
    expect((await listAlerts(db, { state: 'resolved', limit: 9 })).alerts).toEqual([])
    expect(await open(db)).toHaveLength(1)
    const { rows } = await db.pool.query('SELECT kind FROM alert_events')
    expect(rows).toEqual([{ kind: 'fired' }])
  })

  it('are listed page by page without gaps, and exported whole', async () => {
    const { db, world, look } = await begin(openDb)
    for (let round = 0; round < 5; round += 1) {
      world.see(
        ['a', 'b'].map((deployment) => ({ ...breakerOpen, labels: { deployment, signal: 'health' } })),
      )
      await look()
      world.see([])
      await look()
    }
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query = { state: 'resolved' as const, limit: 3, ...(cursor === null ? {} : { cursor }) }
      const page: Awaited<ReturnType<typeof listAlerts>> = await listAlerts(db, query)
      seen.push(...page.alerts.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(10)
    expect(seen).toHaveLength(10)
    let csv = ''
    for await (const piece of exportAlerts(db, { state: 'resolved' })) csv += piece
    expect(
      csv
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(seen)
    await expect(listAlerts(db, { state: 'resolved', limit: 3, cursor: 'nonsense' })).rejects.toMatchObject({
      details: { param: 'cursor' },
    })
  })
})

describeOnDatabases('alert rules', (openDb) => {
  const own = alertRule.parse({
    id: 'head-room-a',
    name: 'Head-room of a',
    metric: 'capacity.used_ratio',
    condition: { kind: 'threshold', comparison: 'above', limit: 0.5 },
    severity: 'critical',
    groupBy: ['deployment'],
    resolve: { forSeconds: 0 },
  })
  const used = {
    ...breakerOpen,
    metric: 'capacity.used_ratio',
    value: 0.7,
    unit: 'ratio',
    labels: { deployment: 'a' },
  }

  it('hold from the next look on, and what they had firing ends with them', async () => {
    const { db, world, look } = await begin(openDb)
    world.see([used])
    await look()
    expect(await open(db)).toEqual([])
    await changeRule(world.parts, { id: null, rule: own, ...deed })
    await look()
    expect((await open(db)).map(({ ruleId, severity }) => [ruleId, severity])).toEqual([
      ['head-room-a', 'critical'],
    ])
    await changeRule(world.parts, { id: own.id, rule: { ...own, enabled: false }, ...deed })
    await look()
    expect(await open(db)).toEqual([])
    await removeRule(world.parts, { id: own.id, ...deed })
    expect((await readRules(db)).some(({ rule }) => rule.id === own.id)).toBe(false)
  })

  it('that are built in are changed, and brought back', async () => {
    const db = await openDb()
    await clean(db)
    const { parts } = createAlertWorld(db)
    const find = async () => (await readRules(db)).find(({ rule }) => rule.id === 'breaker-open')
    const before = await find()
    if (!before) throw new Error('the rule is gone')
    await expect(removeRule(parts, { id: 'breaker-open', ...deed })).rejects.toMatchObject({
      code: 'conflict',
    })
    await changeRule(parts, { id: 'breaker-open', rule: { ...before.rule, severity: 'critical' }, ...deed })
    expect(await find()).toMatchObject({ builtIn: true, changed: true, rule: { severity: 'critical' } })
    await removeRule(parts, { id: 'breaker-open', ...deed })
    expect(await find()).toEqual(before)
  })

  it('that could never fire, clash or are not there are refused by name', async () => {
    const db = await openDb()
    await clean(db)
    const { parts } = createAlertWorld(db)
    const nobody = { ...own, metric: 'weather.rain_mm' }
    await expect(changeRule(parts, { id: null, rule: nobody, ...deed })).rejects.toMatchObject({
      details: { param: 'rule.metric' },
    })
    await expect(changeRule(parts, { id: 'other', rule: own, ...deed })).rejects.toMatchObject({
      details: { param: 'rule.id' },
    })
    await expect(changeRule(parts, { id: own.id, rule: own, ...deed })).rejects.toMatchObject({
      code: 'not_found',
    })
    await changeRule(parts, { id: null, rule: own, ...deed })
    await expect(changeRule(parts, { id: null, rule: own, ...deed })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('say when they would have fired in the past day', async () => {
    const { db, world, look } = await begin(openDb)
    for (const value of [0.2, 0.7, 0.9, 0.3, 0.8]) {
      world.see([{ ...used, value }])
      await look(600_000)
    }
    const preview = await previewOnPast(db, own, world.nowMs())
    expect(preview.samples).toBe(5)
    const times = preview.firings.map(({ firedAt, resolvedAt }) =>
      [firedAt, resolvedAt].map((at) => at?.slice(11, 16)),
    )
    expect(times).toEqual([
      ['12:20', '12:40'],
      ['12:50', undefined],
    ])
  })
})
