/**
 * The process that books: the program's own database, ledger writer, sealer and maintenance, driven over IPC by
 * `drive-bookings`. Embedded, the journal comes first, as in the program; on Postgres the database does.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BookedCounts, FromHost, HostPlan, ToHost } from '#bench/bookings/booking-messages'
import { readBackendCpuMs } from '#bench/bookings/read-backend-cpu'
import { makeRecord } from '#bench/ledger/make-record'
import { createRecorder } from '#bench/load/create-recorder'
import { createRandom } from '#bench/seeded-random'
import type { LedgerRecord } from '../../lib/costs/ledger-record.ts'
import { createFileAnchorStore } from '../../server/audit/anchor-store.ts'
import { createAnchors } from '../../server/audit/anchors.ts'
import { createPseudonyms } from '../../server/audit/pseudonyms.ts'
import { runSealer } from '../../server/audit/run-sealer.ts'
import { createSealer } from '../../server/audit/sealer.ts'
import { createSigningKeys } from '../../server/audit/signing-keys.ts'
import { verifyLog } from '../../server/audit/verify-log.ts'
import { createLedgerWriter } from '../../server/costs/ledger-writer.ts'
import { createMaintenance } from '../../server/db/maintenance.ts'
import { migrate } from '../../server/db/migrate.ts'
import { createJobLease } from '../../server/jobs/job-lease.ts'
import { systemClock } from '../../server/telemetry/clock.ts'
import { openEmbedded, openPostgres } from '../../tests/support/databases.ts'

const plan = JSON.parse(process.argv[2] ?? '{}') as HostPlan
const creators = 10_000
const accounts = 40
const random = createRandom(7)
const log = { info: () => {}, warn: console.error, error: console.error }
const tell = (message: FromHost) => process.send?.(message)

const { db, dispose } = await (plan.database === 'postgres' ? openPostgres() : openEmbedded())
await migrate(db)
const directory = await mkdtemp(join(tmpdir(), 'huntaze-bookings-'))
const keys = createSigningKeys([Buffer.alloc(32, 1).toString('base64')])
const anchors = createAnchors({ db, store: createFileAnchorStore(join(directory, 'audit')), keys })
const sealing = runSealer({
  sealer: createSealer({ db, keys, anchors, nowMs: systemClock.nowMs, onLoss: console.error }),
  lease: createJobLease({ db, name: 'audit-sealer', holder: 'bench', forMs: 3_000 }),
  shared: false,
  clock: systemClock,
  log,
  onSealed: () => {},
})
const maintenance = createMaintenance({
  db,
  clock: systemClock,
  settings: async () => ({ ledgerRetentionDays: 400, attemptRetentionDays: 400 }),
  log,
})
const writer = createLedgerWriter({
  connection: db.connection,
  first: plan.database === 'postgres' ? 'database' : 'journal',
  journalPath: join(directory, 'ledger.journal'),
  instanceId: 'bench',
  pseudonyms: createPseudonyms(['a key for the pseudonyms of the bench']),
  clock: systemClock,
  log,
  onWritten: sealing.wake,
  commitTimeoutMs: 60_000,
  answerTimeoutMs: 60_000,
})
maintenance.start()

let recorder = createRecorder()
let began = { host: process.cpuUsage(), databaseMs: await readBackendCpuMs(db) }
let booked = 0

/** A few creators have most of the requests: of ten thousand, a tenth has nearly half. Each belongs to one account. */
function endedRequest(index: number): LedgerRecord {
  const creator = Math.floor(creators * random() ** 3)
  const accountId = `acc_bench${creator % accounts}`
  const record = makeRecord({ index, startedAtMs: Date.now(), accountId })
  return { ...record, accountId, creatorId: `creator_${creator}`, apiKeyId: `key_${accountId}` }
}

async function book(index: number): Promise<void> {
  const endedAt = performance.now()
  await writer.record(endedRequest(index))
  recorder.record((performance.now() - endedAt) * 1000)
  // Those that are safe with the same batch are told together.
  booked += 1
  if (booked === 1) setImmediate(tellBooked)
}

function tellBooked(): void {
  tell({ kind: 'booked', count: booked })
  booked = 0
}

async function begin(): Promise<void> {
  recorder = createRecorder()
  began = { host: process.cpuUsage(), databaseMs: await readBackendCpuMs(db) }
  tell({ kind: 'began' })
}

/** Everything is in the database and can be read. */
async function settle(): Promise<void> {
  await writer.drain()
  await writer.caughtUp(120_000)
  const { user, system } = process.cpuUsage(began.host)
  const nowMs = await readBackendCpuMs(db)
  const databaseCpuMs = nowMs === null || began.databaseMs === null ? null : nowMs - began.databaseMs
  tell({
    kind: 'settled',
    cost: { hostCpuMs: (user + system) / 1000, databaseCpuMs, safe: recorder.read() },
  })
}

async function countBooked(): Promise<BookedCounts> {
  await sealing.close()
  const { rows } = await db.pool.query<Record<string, string>>(`SELECT
    (SELECT count(*) FROM ledger_entries) AS "ledger entries", (SELECT count(*) FROM attempts) AS attempts,
    (SELECT sum(requests) FROM usage_days) AS "creator × route", ${['minute', 'hour', 'day']
      .flatMap((grain) => [
        `(SELECT sum(requests) FROM route_rollups WHERE grain = '${grain}') AS "route, ${grain}"`,
        `(SELECT sum(requests) FROM creator_rollups WHERE grain = '${grain}') AS "creator, ${grain}"`,
      ])
      .join(', ')},
    (SELECT sum(requests) FROM traffic_rollups WHERE grain = 'minute') AS "traffic, minute"`)
  const verdict = await verifyLog({ db, keys, anchors })
  if (verdict.problem) throw new Error(`the audit log does not verify: ${JSON.stringify(verdict.problem)}`)
  const found = Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)] as const)
  return { ...Object.fromEntries(found), 'audit entries, verified': verdict.checked }
}

async function close(): Promise<void> {
  await writer.close()
  await maintenance.close()
  await dispose()
  await rm(directory, { recursive: true, force: true })
  tell({ kind: 'closed' })
  process.disconnect()
}

async function obey(message: ToHost): Promise<void> {
  if (message.kind === 'ended') {
    const all = Array.from({ length: message.count }, (_, place) => book(message.from + place))
    await Promise.all(all)
  } else if (message.kind === 'begin') await begin()
  else if (message.kind === 'settle') await settle()
  else if (message.kind === 'check') tell({ kind: 'checked', counts: await countBooked() })
  else await close()
}

process.on('message', (message: ToHost) => {
  obey(message).catch((error: unknown) => tell({ kind: 'failed', message: String(error) }))
})
process.on('SIGTERM', () => void close().finally(() => process.exit(1)))
tell({ kind: 'ready' })
