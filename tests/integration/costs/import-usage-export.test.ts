import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reconciliationsView, varianceView } from '#lib/contracts/reconciliations'
import { builtInPrices } from '#lib/costs/built-in-prices'
import { clearLeftUploads } from '#server/costs/clear-left-uploads'
import { exportVarianceAsCsv } from '#server/costs/export-variance'
import { acceptUpload } from '#server/costs/import-usage-export'
import { observeReconciliation } from '#server/costs/observe-reconciliation'
import { listReconciliations, readVariance } from '#server/costs/read-reconciliations'
import { announceExport } from '#server/costs/reconciliation-store'
import { removeReconciliation } from '#server/costs/remove-reconciliation'
import { stageExport } from '#server/costs/stage-export'
import type { Database } from '#server/db/database'
import { systemClock } from '#server/telemetry/clock'
import { bookInto } from '#tests/support/book-records'
import { describeOnDatabases } from '#tests/support/databases'
import { aRecord } from '#tests/support/ledger-records'
import { exportFile, exportLine } from '#tests/support/usage-exports'

const days = ['2026-10-01', '2026-10-02', '2026-10-03']
/** Each day 10,000 input tokens of gpt-4o of which 2,000 cached, and 5,000 output tokens. */
const records = days.flatMap((day) =>
  Array.from({ length: 100 }, (_, index) =>
    aRecord(`req_${day}_${index}`, {
      startedAtMs: Date.parse(`${day}T12:00:00Z`) + index,
      ...{ provider: 'azure-openai', model: 'gpt-4o' },
    }),
  ),
)
const agreeing = days.flatMap((day) => [
  exportLine({ day, meterName: 'gpt 4o 1120 Inp glbl Tokens', quantity: '5', cost: '0.0125' }),
  exportLine({ day, meterName: 'gpt 4o 1120 Inp glbl Tokens', quantity: '3', cost: '7.5E-03' }),
  exportLine({ day, meterName: 'gpt 4o 1120 cached Inp glbl Tokens', quantity: '2', cost: '0.0025' }),
  exportLine({ day, meterName: 'gpt 4o 1120 Outp glbl Tokens', quantity: '5', cost: '0.05' }),
  exportLine({ day, meterName: 'Hot LRS Data Stored', quantity: '9', cost: '99', category: 'Storage' }),
])

describeOnDatabases('usage exports', (openDb) => {
  let db: Database
  let dataDir: string
  const audited: unknown[] = []
  beforeAll(async () => {
    db = await openDb()
    dataDir = await mkdtemp(join(tmpdir(), 'huntaze-imports-'))
    await bookInto(db, records)
  })
  afterAll(() => rm(dataDir, { recursive: true, force: true }))

  let ids = 0
  const upload = async (text: string, limitBytes = 1_000_000) => {
    const accepted = await acceptUpload(
      {
        ...{ db, dataDir, clock: systemClock },
        newId: () => {
          ids += 1
          return `rec_${ids}`
        },
        record: async (_, entry) => {
          audited.push(entry)
        },
      },
      {
        body: Readable.from([Buffer.from(text)]),
        ...{
          fileName: 'october.csv',
          limitBytes,
          actorId: 'usr_1',
          reason: 'monthly check',
          requestId: 'req_up',
        },
      },
    )
    await accepted.done
    return accepted
  }
  const variance = async (id: string) =>
    varianceView.parse(JSON.parse(JSON.stringify(await readVariance(db, { id, book: builtInPrices }))))

  it('agree with the ledger to the pico-USD, are audited, and leave no file behind', async () => {
    const { id } = await upload(exportFile(agreeing))
    const view = await variance(id)
    expect(view).toMatchObject({
      ...{ state: 'ready', linesDone: 15, firstDay: '2026-10-01', lastDay: '2026-10-03', refusal: null },
      ...{ invoicedPicoUsd: '217500000000', ledgerPicoUsd: '217500000000', varianceRatio: 0, lineCount: 9 },
    })
    expect(new Set(view.lines.map(({ cause }) => cause))).toEqual(new Set(['none']))
    expect(audited).toEqual([
      expect.objectContaining({ action: 'reconciliation.import', reason: 'monthly check', actorId: 'usr_1' }),
    ])
    expect(await readdir(join(dataDir, 'imports'))).toEqual([])
  })

  it('clear away what a killed process left of one, and nothing that may still arrive', async () => {
    const folder = join(dataDir, 'imports')
    for (const name of ['rec_left.csv', 'rec_arriving.csv']) await writeFile(join(folder, name), 'Date,')
    const longAgo = new Date(Date.now() - 2 * 3_600_000)
    await utimes(join(folder, 'rec_left.csv'), longAgo, longAgo)
    await clearLeftUploads(dataDir, Date.now())
    expect(await readdir(folder)).toEqual(['rec_arriving.csv'])
    await rm(join(folder, 'rec_arriving.csv'))
    await expect(clearLeftUploads(join(dataDir, 'nowhere'), Date.now())).resolves.toBeUndefined()
  })

  it('are taken in once, however often they are sent', async () => {
    const before = await listReconciliations(db)
    reconciliationsView.parse({ reconciliations: before })
    const again = await upload(exportFile(agreeing))
    expect(again.state).toBe('ready')
    expect(await listReconciliations(db)).toEqual(before)
    expect(audited).toHaveLength(1)
  })

  it('name what is wrong, and leave nothing of themselves', async () => {
    const broken = exportLine({ day: '2026-10-02', meterName: 'gpt 4o Inp glbl', quantity: 'x', cost: '1' })
    const { id } = await upload(exportFile([...agreeing, broken]))
    expect(await variance(id)).toMatchObject({
      state: 'refused',
      refusal: { line: 17, column: 'Quantity', message: '"x" is no number' },
      lines: [],
    })
    const left = await db.pool.query('SELECT 1 FROM reconciliation_meter_days WHERE reconciliation_id = $1', [
      id,
    ])
    expect(left.rows).toEqual([])
    const foreign = await upload('id;name\n1;2\n')
    expect((await variance(foreign.id)).refusal).toMatchObject({ line: 1, column: 'Date' })
    const quotes = await upload(exportFile([`${agreeing[0]}`, '"never closed']))
    expect((await variance(quotes.id)).state).toBe('refused')
    expect((await variance((await upload('')).id)).refusal?.message).toContain('empty')
    await expect(upload(exportFile(agreeing), 100)).rejects.toMatchObject({ code: 'body_too_large' })
    expect(await readdir(join(dataDir, 'imports'))).toEqual([])
  })

  it('leave nothing of many chunks when the last line is broken', async () => {
    const lines = Array.from({ length: 12_000 }, (_, index) =>
      exportLine({ day: '2026-11-02', meterName: 'gpt 4o Inp glbl', quantity: '1', cost: String(index) }),
    )
    const text = exportFile([...lines, 'team,11/02/2026,too,few'])
    const { id } = await upload(text, 5_000_000)
    expect(await variance(id)).toMatchObject({
      state: 'refused',
      refusal: { line: 12_002, column: null, message: '4 fields where the header has 12' },
      ...{ lines: [], days: [], causes: [] },
    })
    const left = await db.pool.query('SELECT 1 FROM reconciliation_meter_days WHERE reconciliation_id = $1', [
      id,
    ])
    expect(left.rows).toEqual([])
    // Mended, it is another file, and comes in whole.
    const mended = await upload(exportFile(lines), 5_000_000)
    expect(await variance(mended.id)).toMatchObject({ state: 'ready', linesDone: 12_000 })
  })

  it('say by day and by cause what their lines say, and name the ledger’s own models', async () => {
    const dearer = agreeing.map((line) => line.replace(',5,0.05,', ',5,0.2,'))
    const { id } = await upload(exportFile(dearer))
    const view = await variance(id)
    const sum = (list: readonly { variancePicoUsd: string }[]) =>
      list.reduce((total, { variancePicoUsd }) => total + BigInt(variancePicoUsd), 0n)
    expect(view.days.map(({ day }) => day)).toEqual(days)
    expect(sum(view.days)).toBe(sum(view.lines))
    expect(sum(view.causes)).toBe(sum(view.lines))
    expect(BigInt(view.invoicedPicoUsd) - BigInt(view.ledgerPicoUsd)).toBe(sum(view.lines))
    expect(view.causes.find(({ cause }) => cause === 'price_change')?.lines).toBe(3)
    expect(view.lines.every(({ ledgerModels }) => ledgerModels.join() === 'gpt-4o')).toBe(true)

    const gateway = { priceBook: () => builtInPrices }
    const csv = await exportVarianceAsCsv({ db, gateway } as Parameters<typeof exportVarianceAsCsv>[0], id)
    const rows = (await csv.text()).trimEnd().split('\r\n')
    expect(rows).toHaveLength(1 + view.lineCount)
    expect(rows[1]).toContain('price_change')
  })

  it('can be removed, with a reason, and imported again', async () => {
    const text = exportFile(agreeing.slice(0, 5))
    const { id } = await upload(text)
    const deed = { actorId: 'usr_1', reason: 'the wrong file', requestId: 'req_rm' }
    const removed: unknown[] = []
    const parts = {
      db,
      record: async (_: unknown, entry: unknown) => {
        removed.push(entry)
      },
    }
    await removeReconciliation(parts, { id, ...deed })
    expect(removed).toMatchObject([
      {
        action: 'reconciliation.remove',
        resource: `reconciliation/${id}`,
        before: { state: 'ready', lines: 5 },
      },
    ])
    await expect(variance(id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(removeReconciliation(parts, { id, ...deed })).rejects.toMatchObject({ code: 'not_found' })
    const left = await db.pool.query('SELECT 1 FROM reconciliation_meter_days WHERE reconciliation_id = $1', [
      id,
    ])
    expect(left.rows).toEqual([])
    expect(await variance((await upload(text)).id)).toMatchObject({ state: 'ready', linesDone: 5 })
  })

  it('go on where they were broken off, and count nothing twice', async () => {
    const lines = Array.from({ length: 50 }, (_, index) =>
      exportLine({ day: '2026-11-01', meterName: 'gpt 4o Inp glbl', quantity: '1', cost: String(index) }),
    )
    const announced = await announceExport(db, {
      ...{ id: 'rec_cut', fileHash: 'hash', fileName: 'cut.csv', sizeBytes: 1, createdBy: 'usr_1', atMs: 0 },
    })
    const stage = (linesDone: number, text: string) =>
      stageExport({ db, id: announced.id, file: Readable.from([text]), linesDone, chunkLines: 10 })
    const cut = new AbortController()
    const half = Readable.from(
      (function* () {
        yield exportFile(lines.slice(0, 30))
        cut.abort(new Error('gone'))
        yield lines.slice(30).join('\r\n')
      })(),
    )
    await expect(
      stageExport({ db, id: 'rec_cut', file: half, linesDone: 0, chunkLines: 10, signal: cut.signal }),
    ).rejects.toThrow('gone')
    const [row] = (await listReconciliations(db)).filter(({ id }) => id === 'rec_cut')
    const done = row?.linesDone ?? 0
    expect(done % 10).toBe(0)
    expect(await stage(done, exportFile(lines))).toEqual({ ok: true, lines: 50 })
    expect(await stage(0, exportFile(lines))).toEqual({ ok: false, refusal: null })
    const { rows } = await db.pool.query(
      `SELECT quantity_pico::text AS quantity, lines FROM reconciliation_meter_days WHERE reconciliation_id = 'rec_cut'`,
    )
    expect(rows).toEqual([{ quantity: '50000000000000', lines: 50 }])
  })

  it('raise the variance that the alerts watch, with its likely cause', async () => {
    const dearer = agreeing.map((line) => line.replace(',5,0.05,', ',5,0.1,'))
    await upload(exportFile(dearer))
    const [observed] = await observeReconciliation(db, () => builtInPrices)(Date.now())
    expect(observed).toMatchObject({ metric: 'reconciliation.variance_ratio', unit: 'ratio' })
    expect(observed?.value).toBeCloseTo(0.15 / 0.3675, 6)
    expect(observed?.detail).toContain('the price book says $10.00')
  })
})
