import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { encodeLedgerLine, requestIdOf } from '#lib/costs/ledger-line'
import { latencyBucket } from '#lib/telemetry/latency-buckets'
import { createLedgerWriter, type LedgerWriter } from '#server/costs/ledger-writer'
import type { Database } from '#server/db/database'
import { systemClock } from '#server/telemetry/clock'
import { emptyLedger } from '#tests/support/book-records'
import { type DatabaseProxy, startDatabaseProxy } from '#tests/support/database-proxy'
import { describeOnDatabases } from '#tests/support/databases'
import { anAttempt, aRecord } from '#tests/support/ledger-records'
import { testPseudonyms } from '#tests/support/pseudonyms'

const quietLog = { info() {}, error() {} }
const newId = () => `req_${randomBytes(8).toString('hex')}`

describeOnDatabases('ledger writer', (openDb) => {
  let db: Database
  let proxy: DatabaseProxy
  let directory: string
  let journalPath: string
  const writers: LedgerWriter[] = []

  beforeEach(async () => {
    db = await openDb()
    await emptyLedger(db)
    proxy = await startDatabaseProxy(db.connection)
    directory = await mkdtemp(join(tmpdir(), 'huntaze-journal-'))
    journalPath = join(directory, 'ledger.journal')
  })
  afterEach(async () => {
    proxy.restore()
    proxy.resume()
    for (const writer of writers.splice(0)) await writer.close()
    await proxy.close()
    await rm(directory, { recursive: true, force: true })
  })
  afterAll(() => expect(writers).toEqual([]))

  function open(options: Partial<Parameters<typeof createLedgerWriter>[0]> = {}): LedgerWriter {
    const writer = createLedgerWriter({
      connection: proxy.connection,
      journalPath,
      instanceId: 'ins_test',
      pseudonyms: testPseudonyms,
      clock: systemClock,
      log: quietLog,
      commitTimeoutMs: 20_000,
      ...options,
    })
    writers.push(writer)
    return writer
  }
  async function one<Row>(text: string): Promise<Row | undefined> {
    return (await db.pool.query(text)).rows[0]
  }
  /** A journal path that cannot be written while a file stands where its directory should be. */
  async function blockedPath(): Promise<string> {
    await writeFile(join(directory, 'blocked'), '')
    return join(directory, 'blocked', 'ledger.journal')
  }
  const entryCount = async () =>
    (await one<{ n: number }>('SELECT count(*)::int AS n FROM ledger_entries'))?.n
  const rejectedLines = async () =>
    (await readFile(`${journalPath}.rejected`, 'utf8')).split('\n').filter((line) => line !== '')

  it('books an entry with every field, its attempts and its roll-ups', async () => {
    const writer = open()
    const failed = anAttempt({
      outcome: 'error',
      failureClass: 'rate_limited',
      httpStatus: 429,
      costPicoUsd: null,
    })
    const record = aRecord('req_1', {
      creatorId: 'cr_1',
      firstTokenMs: 40,
      attempts: [failed, anAttempt({ offsetMs: 30 })],
    })
    expect(await writer.record(record)).toBe('committed')
    expect(await one('SELECT * FROM ledger_entries')).toMatchObject({
      account_id: 'acc_1',
      started_at: new Date(record.startedAtMs),
      id: 'req_1',
      creator_id: 'cr_1',
      input_tokens: 100,
      cached_input_tokens: 20,
      output_tokens: 50,
      reasoning_tokens: 10,
      usage_source: 'provider',
      cost_pico_usd: '2500000000',
      attempts: 2,
      first_token_ms: 40,
      latency_ms: 120,
      overhead_us: 480,
      plan_reasons: record.planReasons,
    })
    const { rows } = await db.pool.query('SELECT * FROM attempts ORDER BY sequence')
    expect(rows).toMatchObject([
      { sequence: 1, failure_class: 'rate_limited', http_status: 429, cost_pico_usd: null },
      { sequence: 2, failure_class: null, offset_ms: 30, cost_pico_usd: '2500000000' },
    ])
    expect(await one('SELECT * FROM usage_days')).toMatchObject({
      creator_id: 'cr_1',
      requests: '1',
      errors: '0',
      unpriced: '0',
      input_tokens: '100',
      cost_pico_usd: '2500000000',
    })
    const histogram = await db.pool.query(
      'SELECT signal, bucket, array_agg(grain ORDER BY grain) AS grains FROM latency_rollups GROUP BY 1, 2 ORDER BY 1',
    )
    const grains = ['day', 'hour', 'minute']
    expect(histogram.rows).toEqual([
      { signal: 'first_token', bucket: latencyBucket(40), grains },
      { signal: 'latency', bucket: latencyBucket(120), grains },
    ])
  })

  it('books a record once however often it is handed in', async () => {
    const writer = open()
    const record = aRecord('req_1')
    await Promise.all([writer.record(record), writer.record(record), writer.record(record)])
    await writer.record(record)
    expect(await one('SELECT sum(requests)::int AS n FROM usage_days')).toEqual({ n: 1 })
    expect(await one("SELECT sum(requests)::int AS n FROM traffic_rollups WHERE grain = 'hour'")).toEqual({
      n: 1,
    })
    expect(await one('SELECT count(*)::int AS n FROM attempts')).toEqual({ n: 1 })
  })

  it('keeps text that Postgres cannot hold by replacing what it cannot', async () => {
    const writer = open()
    await writer.record(aRecord('req_1', { creatorId: 'a\0b\ud800c\\u0000' }))
    expect(await one('SELECT creator_id FROM ledger_entries')).toEqual({
      creator_id: 'a\uFFFDb\uFFFDc\\u0000',
    })
  })

  it('sets a record aside that the database refuses, and books its neighbours', async () => {
    const writer = open()
    const ids = Array.from({ length: 20 }, newId)
    const results = await Promise.all(
      ids.map((id, index) => writer.record(aRecord(id, index === 7 ? { httpStatus: 70_000 } : {}))),
    )
    expect(results).toHaveLength(20)
    expect(await entryCount()).toBe(19)
    expect(writer.refused()).toBe(1)
    expect((await rejectedLines()).map(requestIdOf)).toEqual([ids[7]])
  })

  it('journals while the database is away, goes on without waiting, and replays when it is back', async () => {
    const writer = open()
    await writer.record(aRecord('req_0'))
    proxy.cut()
    const away = Array.from({ length: 50 }, newId)
    for (const id of away) expect(await writer.record(aRecord(id))).toBe('journaled')
    expect(writer.databaseReachable()).toBe(false)
    expect(writer.accepting()).toBe(true)
    expect(writer.journalPending()).toBe(50)
    expect(await entryCount()).toBe(1)
    proxy.restore()
    await vi.waitFor(async () => expect(await entryCount()).toBe(51), { timeout: 20_000 })
    await vi.waitFor(() => expect(writer.journalPending()).toBe(0), { timeout: 20_000 })
    expect(writer.databaseReachable()).toBe(true)
    expect(await writer.record(aRecord(newId()))).toBe('committed')
  })

  it('journals what is not committed in time, and does not double it when the commit comes late', async () => {
    const writer = open({ commitTimeoutMs: 30 })
    await writer.replayJournal()
    proxy.pauseAnswers()
    expect(await Promise.all([writer.record(aRecord('req_1')), writer.record(aRecord('req_2'))])).toEqual([
      'journaled',
      'journaled',
    ])
    // Known to be stuck, so nobody waits for the timeout again.
    expect(await writer.record(aRecord('req_3'))).toBe('journaled')
    proxy.resume()
    await vi.waitFor(async () => expect(await entryCount()).toBe(3), { timeout: 20_000 })
    await vi.waitFor(() => expect(writer.journalPending()).toBe(0), { timeout: 20_000 })
    expect(await one('SELECT sum(requests)::int AS n FROM usage_days')).toEqual({ n: 3 })
  })

  it('gives up a connection that never answers', async () => {
    const writer = open({ commitTimeoutMs: 30, answerTimeoutMs: 3000 })
    await writer.replayJournal()
    proxy.pause()
    expect(await writer.record(aRecord('req_1'))).toBe('journaled')
    await vi.waitFor(() => expect(writer.databaseReachable()).toBe(false), { timeout: 20_000 })
    proxy.dropConnections()
    proxy.resume()
    await vi.waitFor(async () => expect(await entryCount()).toBe(1), { timeout: 20_000 })
  })

  it('replays what an earlier run left, a torn last line excepted', async () => {
    const whole = [aRecord('req_1'), aRecord('req_2')].map(encodeLedgerLine)
    const torn = encodeLedgerLine(aRecord('req_3')).slice(0, 80)
    await writeFile(`${journalPath}.replay`, `${whole[0]}\n`)
    await writeFile(journalPath, `${whole[1]}\n${torn}`)
    const writer = open()
    await writer.replayJournal()
    expect(await entryCount()).toBe(2)
    expect(writer.journalPending()).toBe(0)
    expect(await rejectedLines()).toEqual([torn])
  })

  it('appends behind a torn line without harm to what it appends', async () => {
    await writeFile(journalPath, '{"id":"req_to')
    proxy.cut()
    const writer = open()
    await writer.record(aRecord('req_1'))
    proxy.restore()
    await vi.waitFor(async () => expect(await entryCount()).toBe(1), { timeout: 20_000 })
    await vi.waitFor(async () => expect(await rejectedLines()).toEqual(['{"id":"req_to']), {
      timeout: 20_000,
    })
  })

  it('refuses clearly when neither database nor disk takes a record, and books it later all the same', async () => {
    const writer = open({ journalPath: await blockedPath() })
    await writer.record(aRecord('req_0'))
    proxy.cut()
    await expect(writer.record(aRecord('req_1'))).rejects.toMatchObject({
      code: 'ledger_unavailable',
      status: 503,
    })
    expect(writer.accepting()).toBe(false)
    await expect(writer.record(aRecord('req_2'))).rejects.toMatchObject({ code: 'ledger_unavailable' })
    proxy.restore()
    await vi.waitFor(async () => expect(await entryCount()).toBe(2), { timeout: 20_000 })
    await vi.waitFor(() => expect(writer.accepting()).toBe(true), { timeout: 20_000 })
  })

  it('accepts again as soon as the disk does, the database being away', async () => {
    const writer = open({ journalPath: await blockedPath() })
    proxy.cut()
    await expect(writer.record(aRecord('req_1'))).rejects.toMatchObject({ code: 'ledger_unavailable' })
    await rm(join(directory, 'blocked'))
    await vi.waitFor(() => expect(writer.accepting()).toBe(true), { timeout: 20_000 })
    expect(await writer.record(aRecord('req_2'))).toBe('journaled')
    expect(writer.journalPending()).toBe(2)
    proxy.restore()
    await vi.waitFor(async () => expect(await entryCount()).toBe(2), { timeout: 20_000 })
  })

  describe('journal first', () => {
    it('is safe without waiting for the database, which has the record a moment later, roll-ups too', async () => {
      const writer = open({ first: 'journal' })
      const ids = Array.from({ length: 300 }, newId)
      const how = await Promise.all(ids.map((id) => writer.record(aRecord(id))))
      expect(how.every((one) => one === 'journaled')).toBe(true)
      await writer.caughtUp()
      expect(await entryCount()).toBe(300)
      expect(await one('SELECT sum(requests)::int AS n FROM usage_days')).toEqual({ n: 300 })
      expect(writer.journalPending()).toBe(0)
    })

    it('shows whoever was answered their own record, under a load that never pauses', async () => {
      const writer = open({ first: 'journal' })
      let loading = true
      const load = (async () => {
        while (loading) {
          await writer.record(aRecord(newId()))
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      })()
      for (let round = 0; round < 10; round += 1) {
        const id = newId()
        await writer.record(aRecord(id))
        await writer.caughtUp()
        expect(await one(`SELECT count(*)::int AS n FROM ledger_entries WHERE id = '${id}'`)).toEqual({
          n: 1,
        })
      }
      loading = false
      await load
    })

    it('goes on while the database is away, does not keep a reader waiting for ever, and catches up', async () => {
      const writer = open({ first: 'journal' })
      await writer.record(aRecord('req_0'))
      await writer.caughtUp()
      proxy.cut()
      for (const id of Array.from({ length: 20 }, newId))
        expect(await writer.record(aRecord(id))).toBe('journaled')
      await writer.caughtUp(50)
      expect(writer.accepting()).toBe(true)
      expect(await entryCount()).toBe(1)
      proxy.restore()
      await vi.waitFor(async () => expect(await entryCount()).toBe(21), { timeout: 20_000 })
    })

    it('goes to the database where the disk takes nothing', async () => {
      const writer = open({ first: 'journal', journalPath: await blockedPath() })
      await expect(writer.record(aRecord('req_0'))).rejects.toMatchObject({ code: 'ledger_unavailable' })
      expect(writer.accepting()).toBe(true)
      expect(await writer.record(aRecord('req_1'))).toBe('committed')
      await vi.waitFor(async () => expect(await entryCount()).toBe(2), { timeout: 20_000 })
    })

    it('leaves nothing in the journal when it is closed', async () => {
      const writer = open({ first: 'journal' })
      await Promise.all(Array.from({ length: 50 }, () => writer.record(aRecord(newId()))))
      await writer.close()
      expect(await entryCount()).toBe(50)
      expect(writer.journalPending()).toBe(0)
    })
  })

  it('replays a journal of many chunks and keeps booking meanwhile', async () => {
    const left = Array.from({ length: 3000 }, (_, index) => encodeLedgerLine(aRecord(`req_left_${index}`)))
    await appendFile(journalPath, `${left.join('\n')}\n`)
    const writer = open({ commitTimeoutMs: 60_000 })
    const replay = writer.replayJournal()
    const live = await Promise.all(
      Array.from({ length: 200 }, (_, index) => writer.record(aRecord(`req_live_${index}`))),
    )
    expect(live.every((how) => how === 'committed')).toBe(true)
    await replay
    expect(await entryCount()).toBe(3200)
    expect(await one('SELECT sum(requests)::int AS n FROM usage_days')).toEqual({ n: 3200 })
  })

  it('drains before it closes, and takes nothing afterwards', async () => {
    const writer = open()
    const handedIn = Promise.all(Array.from({ length: 100 }, () => writer.record(aRecord(newId()))))
    await writer.close()
    expect(new Set(await handedIn)).toEqual(new Set(['committed']))
    await expect(writer.record(aRecord(newId()))).rejects.toMatchObject({ code: 'ledger_unavailable' })
    expect(await entryCount()).toBe(100)
  })
})
