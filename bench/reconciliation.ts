/**
 * Imports usage exports of a million lines on the embedded database, or on Postgres when `DATABASE_URL` names an empty
 * one: one whose last line is broken, which must leave nothing, one that is broken off half way and sent again, and the
 * same once more. Prints lines a second and how much resident memory grows; exits 1 when it grows beyond the bar or
 * anything is counted wrong. Usage: npm run reconciliation --prefix bench [-- LINES]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptUpload } from '../server/costs/import-usage-export.ts'
import { listReconciliations } from '../server/costs/read-reconciliations.ts'
import { migrate } from '../server/db/migrate.ts'
import { openDatabase } from '../server/db/open-database.ts'
import { systemClock } from '../server/telemetry/clock.ts'

const barMiB = 256
const warmUpLines = 20_000
const lines = Number(process.argv[2] ?? 1_000_000)
if (!Number.isSafeInteger(lines) || lines < warmUpLines)
  throw new Error(`LINES must be a whole number from ${warmUpLines}`)

const header =
  'SubscriptionName,ResourceGroup,ResourceId,Date,MeterCategory,MeterId,MeterName,UnitOfMeasure,Quantity,CostInUsd,ChargeType,PricingModel,AdditionalInfo,Tags\n'
const models = ['gpt-4o-1120', 'gpt-4o-mini-0718', 'gpt-4.1', 'gpt-4.1-mini', 'text-embedding-ada-002']
const kinds = ['Inp', 'cached Inp', 'Outp']
const resource = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/oai-`
const rest = `"{""ServiceType"":""Cognitive Services"",""VCPUs"":0,""Region"":""westeurope"",""Note"":""${'x'.repeat(220)}""}","{""team"": ""ai"", ""env"": ""prod""}"`

/** Every seventh line is of another service; days and meters repeat, as they do on an invoice. */
function line(index: number): string {
  const day = String((Math.floor(index / 4_000) % 30) + 1).padStart(2, '0')
  const isAi = index % 7 !== 0
  const meter = isAi
    ? `${models[index % models.length]} ${kinds[index % kinds.length]} glbl Tokens`
    : 'Hot LRS Data Stored'
  const category = isAi ? 'Cognitive Services' : 'Storage'
  return `sub,rg-ai,${resource}${index % 40},10/${day}/2026,${category},m-${index % 15},${meter},1K,${(index % 900) + 0.5},${(index % 700) / 1000},Usage,OnDemand,${rest}\n`
}

/** The file in pieces of 1,000 lines, followed by whatever else. */
async function* fileOf(count: number, tail = ''): AsyncGenerator<Uint8Array> {
  yield Buffer.from(header)
  for (let from = 0; from < count; from += 1_000)
    yield Buffer.from(
      Array.from({ length: Math.min(1_000, count - from) }, (_, index) => line(from + index)).join(''),
    )
  yield Buffer.from(tail)
}

const dataDir = await mkdtemp(join(tmpdir(), 'huntaze-reconciliation-'))
const db = await openDatabase({ databaseUrl: process.env.DATABASE_URL ?? null, dataDir })
let ids = 0
let audited = 0

async function take(body: AsyncIterable<Uint8Array>, stop?: (linesDone: number) => boolean) {
  const signal = new AbortController()
  const accepted = await acceptUpload(
    {
      ...{ db, dataDir, clock: systemClock, signal: signal.signal },
      newId: () => {
        ids += 1
        return `rec_${ids}`
      },
      record: async () => {
        audited += 1
      },
    },
    {
      body,
      fileName: 'bench.csv',
      limitBytes: 2 * 1024 ** 3,
      actorId: 'usr',
      reason: 'bench',
      requestId: 'req',
    },
  )
  const began = performance.now()
  let peakBytes = process.memoryUsage().rss
  const watch = setInterval(async () => {
    peakBytes = Math.max(peakBytes, process.memoryUsage().rss)
    if (!stop) return
    const one = (await listReconciliations(db)).find(({ id }) => id === accepted.id)
    if (one && stop(one.linesDone)) signal.abort(new Error('stopped'))
  }, 50)
  const broken = await accepted.done.then(
    () => null,
    (error: unknown) => error,
  )
  clearInterval(watch)
  const row = (await listReconciliations(db)).find(({ id }) => id === accepted.id)
  if (!row) throw new Error('the import is gone')
  return { ...row, broken, ms: performance.now() - began, peakBytes, linesBefore: accepted.linesDone }
}

async function staged(id: string) {
  const { rows } = await db.pool.query<{ lines: string }>(
    'SELECT coalesce(sum(lines), 0)::text AS lines FROM reconciliation_meter_days WHERE reconciliation_id = $1',
    [id],
  )
  return Number(rows[0]?.lines)
}

function must(holds: boolean, what: string): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`)
  if (!holds) process.exitCode = 1
}

try {
  await migrate(db)
  await take(fileOf(warmUpLines))
  const restBytes = process.memoryUsage().rss
  const aiLines = Array.from({ length: lines }, (_, index) => index).filter((index) => index % 7 !== 0).length
  const report = (what: string, done: number, { ms, peakBytes }: { ms: number; peakBytes: number }) => {
    const grown = (peakBytes - restBytes) / 1024 ** 2
    console.log(
      `${what.padEnd(26)} ${((done / ms) * 1000).toFixed(0).padStart(8)} lines/s, memory + ${grown.toFixed(0)} MiB`,
    )
    must(grown <= barMiB, `memory grows by ${barMiB} MiB at most`)
  }

  const refused = await take(fileOf(lines, 'too,few\n'))
  report('broken in the last line', lines, refused)
  must(
    refused.state === 'refused' && refused.refusal?.line === lines + 2,
    `refused, naming line ${lines + 2}`,
  )
  must((await staged(refused.id)) === 0, 'nothing of it is left')

  const auditedBefore = audited
  const half = await take(fileOf(lines), (done) => done >= lines / 2)
  must(
    half.broken !== null && half.state === 'staging' && half.linesDone < lines,
    `broken off after ${half.linesDone} lines`,
  )
  const whole = await take(fileOf(lines))
  report('sent again', lines - whole.linesBefore, whole)
  must(whole.id === half.id && whole.linesBefore === half.linesDone, 'it went on where it was')
  must(whole.state === 'ready' && whole.linesDone === lines, 'every line is in')
  must((await staged(whole.id)) === aiLines, `its ${aiLines} AI lines are counted once`)
  const again = await take(fileOf(lines))
  must(again.id === whole.id && (await staged(again.id)) === aiLines, 'sent once more, it changes nothing')
  must(audited === auditedBefore + 1, 'it is audited once')
} finally {
  await db.close()
  await rm(dataDir, { recursive: true, force: true })
}
