import { beforeAll, expect, it } from 'vitest'
import { type RequestsQuery, requestDetail, requestsPage, requestsQuery } from '#lib/contracts/requests'
import type { LedgerRecord } from '#lib/costs/ledger-record'
import { redactText } from '#lib/privacy/redact-text'
import type { Database } from '#server/db/database'
import { exportRequests } from '#server/telemetry/export-requests'
import { listRequests } from '#server/telemetry/list-requests'
import { readRequest } from '#server/telemetry/read-request'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { anAttempt, aRecord } from '#tests/support/ledger-records'

const startMs = Date.UTC(2026, 9, 31, 23, 59, 50)
const outcomes = ['success', 'success', 'success', 'error', 'cut'] as const

/** 120 requests over the turn of a month, three at each instant. */
const records: LedgerRecord[] = Array.from({ length: 120 }, (_, index) =>
  aRecord(`req_${String(index).padStart(3, '0')}`, {
    startedAtMs: startMs + Math.floor(index / 3) * 500,
    accountId: `acc_${index % 2}`,
    creatorId: index % 4 === 0 ? '=cmd|calc' : null,
    tier: index % 3 === 0 ? 'economy' : 'premium',
    deploymentId: index % 10 === 0 ? 'dep_rare' : 'dep_common',
    operation: index % 6 === 0 ? 'agents.messaging' : 'chat',
    outcome: outcomes[index % 5] ?? 'success',
    correlationId: index === 7 ? 'corr_7' : `req_${String(index).padStart(3, '0')}`,
    traceId: index === 8 ? 'f'.repeat(32) : '0af7651916cd43dd8448eb211c80319c',
  }),
)
const newestFirst = records.toSorted((a, b) => b.startedAtMs - a.startedAtMs || (a.id < b.id ? 1 : -1))

describeOnDatabases('requests', (openDb) => {
  let db: Database
  beforeAll(async () => {
    db = await openDb()
    await bookInto(db, records)
  })
  const list = (query: Partial<RequestsQuery> = {}) => listRequests(db, requestsQuery.parse(query))
  async function listAll(query: Partial<RequestsQuery>) {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = requestsPage.parse(await list({ ...query, cursor }))
      ids.push(...page.rows.map((row) => row.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    return ids
  }

  it.each([1, 2, 7, 50, 200])('are listed newest first, each once, by pages of %d', async (limit) => {
    expect(await listAll({ limit })).toEqual(newestFirst.map((record) => record.id))
  })

  it('do not shift between pages when new ones arrive', async () => {
    const first = await list({ limit: 10 })
    await bookInto(db, [aRecord('req_newer', { startedAtMs: startMs + 3_600_000 })])
    const second = await list({ limit: 10, cursor: first.nextCursor ?? undefined })
    expect(second.rows[0]?.id).toBe(newestFirst[10]?.id)
    await db.pool.query(`DELETE FROM ledger_entries WHERE id = 'req_newer'`)
  })

  it.each([
    ['outcome', { outcome: 'cut' }, (record: LedgerRecord) => record.outcome === 'cut'],
    ['tier', { tier: 'economy' }, (record: LedgerRecord) => record.tier === 'economy'],
    [
      'deployment',
      { deploymentId: 'dep_rare' },
      (record: LedgerRecord) => record.deploymentId === 'dep_rare',
    ],
    ['creator', { creatorId: '=cmd|calc' }, (record: LedgerRecord) => record.creatorId === '=cmd|calc'],
    [
      'account and operation',
      { accountId: 'acc_1', operation: 'chat' },
      (record: LedgerRecord) => record.accountId === 'acc_1' && record.operation === 'chat',
    ],
    [
      'time, its end exclusive',
      { from: new Date(startMs + 500).toISOString(), to: new Date(startMs + 1500).toISOString() },
      (record: LedgerRecord) => record.startedAtMs >= startMs + 500 && record.startedAtMs < startMs + 1500,
    ],
    ['quotes', { tier: `x' OR '1'='1` }, () => false],
  ] as [string, Partial<RequestsQuery>, (record: LedgerRecord) => boolean][])(
    'are filtered by %s',
    async (_, query, keep) => {
      expect(await listAll({ limit: 9, ...query })).toEqual(
        newestFirst.filter(keep).map((record) => record.id),
      )
    },
  )

  it.each([
    ['request', 'req_005', 'req_005'],
    ['correlation', 'corr_7', 'req_007'],
    ['trace', 'f'.repeat(32), 'req_008'],
  ])('are found by %s id whatever the other filters say', async (_, id, found) => {
    expect(await listAll({ id, outcome: 'cut', tier: 'nothing' })).toEqual([found])
  })

  it.each([
    'nonsense',
    '',
    'bnVsbA',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('[-1,"a"]').toString('base64url'),
  ])('refuse the cursor %j', async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { param: 'cursor' },
    })
  })

  it('are read with their attempts', async () => {
    const failed = anAttempt({
      outcome: 'error',
      failureClass: 'server_error',
      httpStatus: 500,
      errorMessage: 'boom',
      costPicoUsd: null,
    })
    await bookInto(db, [
      aRecord('req_detail', { startedAtMs: startMs, attempts: [failed, anAttempt({ offsetMs: 80 })] }),
    ])
    const detail = requestDetail.parse(await readRequest(db, 'req_detail'))
    expect(detail).toMatchObject({
      id: 'req_detail',
      at: new Date(startMs).toISOString(),
      costPicoUsd: '2500000000',
      attempts: 2,
      planReasons: [{ code: 'tier_chain' }],
      spanId: 'b7ad6b7169203331',
      planUs: 310,
      attemptRows: [
        {
          sequence: 1,
          spanId: '00f067aa0ba902b7',
          reason: 'first',
          breakerPhase: 'closed',
          failureClass: 'server_error',
          errorMessage: 'boom',
          costPicoUsd: null,
        },
        { sequence: 2, offsetMs: 80, costPicoUsd: '2500000000' },
      ],
    })
    await db.pool.query(`DELETE FROM ledger_entries WHERE id = 'req_detail'`)
    await expect(readRequest(db, 'req_none')).rejects.toMatchObject({ code: 'not_found', status: 404 })
  })

  it('are exported whole, formulas disarmed', async () => {
    let text = ''
    for await (const piece of exportRequests(db, { filter: { creatorId: '=cmd|calc' }, redact: redactText }))
      text += piece
    const lines = text.trimEnd().split('\r\n')
    expect(lines[0]).toMatch(/^started_at_utc,request_id,.*latency_ms.*cost_usd$/)
    expect(lines).toHaveLength(31)
    for (const line of lines.slice(1)) expect(line).toContain(`,'=cmd|calc,`)
    expect(lines[1]).toMatch(/,0\.0025$/)
  })
})
