import { LRUCache } from 'lru-cache'
import type { AuditEntryDetail, AuditHoldView, AuditPage, AuditQuery, AuditState } from '#lib/contracts/audit'
import { describeAudit } from '#server/audit/describe-audit'
import { eraseSubject } from '#server/audit/erase-subject'
import { type EntryFilter, exportEntries } from '#server/audit/export-entries'
import { exportLog } from '#server/audit/export-log'
import { type AuditOrder, placeHold, releaseHold } from '#server/audit/holds'
import { keepAudit } from '#server/audit/keep-audit'
import { createKnownActors } from '#server/audit/known-actors'
import { listEntries, readEntry } from '#server/audit/list-entries'
import { makeCheckpoints } from '#server/audit/make-checkpoints'
import { type OpenedAnchors, openAnchors } from '#server/audit/open-anchors'
import { createPseudonyms, type Pseudonyms, type Subject } from '#server/audit/pseudonyms'
import { purgeLog } from '#server/audit/purge-log'
import { createRecordAudit, type RecordAudit } from '#server/audit/record-audit'
import { runSealer, sealerLeaseMs } from '#server/audit/run-sealer'
import { createSealer } from '#server/audit/sealer'
import { readSigningKeys, type SigningKeys } from '#server/audit/signing-keys'
import { createVerifications, type Verifications } from '#server/audit/verifications'
import type { Env } from '#server/config/env'
import { localSecret } from '#server/config/local-secret'
import type { Database } from '#server/db/database'
import { createJobLease } from '#server/jobs/job-lease'
import type { Redactor } from '#server/privacy/redactor'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'

/** Far more than there are changes under way at a time. */
const rememberedEntries = 10_000

/** The audit log of a process: `container.audit`. */
export interface Audit {
  record: RecordAudit
  /** Whether this process recorded an entry under the correlation id lately. */
  hasRecorded(correlationId: string): boolean
  pseudonyms: Pseudonyms
  verifications: Verifications
  list(query: AuditQuery): Promise<AuditPage>
  /** @throws AppError `not_found` */
  read(position: number): Promise<AuditEntryDetail>
  /** What the filters say, newest first, as CSV; persons stand under their pseudonyms. */
  exportCsv(filter: EntryFilter): AsyncGenerator<string>
  describe(): Promise<AuditState>
  /** JSON lines of whole seals of those UTC days, which `npm run audit:verify` verifies without a database. */
  exportLines(days: { fromDay?: string; toDay?: string }): AsyncGenerator<string>
  placeHold(order: AuditOrder & { fromDay: string }): Promise<AuditHoldView>
  /** @throws AppError `not_found`, `conflict` */
  releaseHold(order: AuditOrder & { id: string }): Promise<AuditHoldView>
  /** Forgets whom the pseudonyms of a person mean; returns them. */
  erase(order: AuditOrder & { subject: Subject }): Promise<string[]>
  /** Entries were written by other means than `record`. */
  wake(): void
  /** Seals what is there, and stops. */
  close(): Promise<void>
}

export interface AuditParts {
  env: Env
  db: Database
  instanceId: string
  clock: Clock
  log: Log
  events: ConsoleEvents
  redactor: Redactor
}

export function openAudit(parts: AuditParts): Audit {
  const { env, db, clock, log, events, redactor } = parts
  const { nowMs } = clock
  const { pseudonyms, keys } = readKeys(env)
  const opened = openAnchors({ env, db, keys, clock, log })
  const { joined: anchors, places } = opened
  const run = openSealer({ ...parts, keys, anchors: opened.forSealing })
  const recorded = new LRUCache<string, true>({ max: rememberedEntries })
  const record = createRecordAudit({
    pseudonyms,
    nowMs,
    onRecorded(correlationId) {
      recorded.set(correlationId, true)
      run.wake()
    },
  })
  const deeds = { db, record, nowMs }
  const reading = { db, pseudonyms, knownActors: createKnownActors({ db, pseudonyms }) }
  const verifications = createVerifications({
    ...parts,
    keys,
    anchors,
    record,
    nowMs,
    onChange: () => events.publish('audit'),
  })
  const keeper = keepAudit({
    db,
    leads: run.leads,
    makeCheckpoints: () => makeCheckpoints({ db, keys, nowMs, ...checkpointPlaces(places) }),
    purge: () => purgeLog(deeds),
    verifications,
    clock,
    log,
  })
  run.start()
  keeper.start()
  return {
    record,
    hasRecorded: (correlationId) => recorded.has(correlationId),
    pseudonyms,
    verifications,
    list: (query) => listEntries(reading, query),
    read: (position) => readEntry(reading, position),
    exportCsv: (filter) =>
      exportEntries({ list: (query) => listEntries(reading, query), redact: redactor.redactTwice }, filter),
    describe: () => describeAudit({ db, keys, places, verifications }),
    exportLines: (days) => exportLog({ db, keys, redact: redactor.redactTwice }, days),
    placeHold: (order) => placeHold(deeds, order),
    releaseHold: (order) => releaseHold(deeds, order),
    erase: (order) => db.orm.transaction((tx) => eraseSubject({ tx, pseudonyms, record }, order)),
    wake: run.wake,
    async close() {
      await keeper.close()
      await verifications.close()
      await run.close()
      await opened.close()
    },
  }
}

function checkpointPlaces([first, ...others]: OpenedAnchors['places']) {
  return { anchors: first.anchors, alsoIn: others.map(({ anchors }) => anchors) }
}

function readKeys(env: Env): { pseudonyms: Pseudonyms; keys: SigningKeys } {
  const kept = (name: string) => [localSecret(env.HUNTAZE_DATA_DIR, name)]
  return {
    pseudonyms: createPseudonyms(env.HUNTAZE_PSEUDONYM_KEY ?? kept('pseudonym-key')),
    keys: readSigningKeys(env),
  }
}

function openSealer({
  db,
  instanceId,
  clock,
  log,
  events,
  keys,
  anchors,
}: AuditParts & { keys: SigningKeys; anchors: OpenedAnchors['forSealing'] }) {
  const sealer = createSealer({
    db,
    keys,
    anchors,
    nowMs: clock.nowMs,
    onLoss: (loss) => log.error(loss, 'sealed entries of the audit log are gone from the database'),
  })
  return runSealer({
    sealer,
    lease: createJobLease({ db, name: 'audit-sealer', holder: instanceId, forMs: sealerLeaseMs }),
    shared: db.kind === 'postgres',
    clock,
    log,
    onSealed: () => events.publish('audit'),
  })
}
