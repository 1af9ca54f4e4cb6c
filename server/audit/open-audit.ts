import { createHeadAnchor } from '#server/audit/head-anchor'
import { createPseudonyms, type Pseudonyms } from '#server/audit/pseudonyms'
import { createRecordAudit, type RecordAudit } from '#server/audit/record-audit'
import { runSealer, sealerLeaseMs } from '#server/audit/run-sealer'
import { createSealer } from '#server/audit/sealer'
import { createSigningKeys, type SigningKeys } from '#server/audit/signing-keys'
import type { Env } from '#server/config/env'
import { localSecret } from '#server/config/local-secret'
import type { Database } from '#server/db/database'
import { createJobLease } from '#server/jobs/job-lease'
import type { Clock } from '#server/telemetry/clock'
import type { ConsoleEvents } from '#server/telemetry/console-events'
import type { Log } from '#server/telemetry/log'

/** The audit log of a process: `container.audit`. */
export interface Audit {
  record: RecordAudit
  pseudonyms: Pseudonyms
  keys: SigningKeys
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
}

export function openAudit({ env, db, instanceId, clock, log, events }: AuditParts): Audit {
  const pseudonyms = createPseudonyms(
    env.HUNTAZE_PSEUDONYM_KEY ?? [localSecret(env.HUNTAZE_DATA_DIR, 'pseudonym-key')],
  )
  const keys = createSigningKeys(
    env.HUNTAZE_SIGNING_KEY ?? [localSecret(env.HUNTAZE_DATA_DIR, 'signing-key')],
  )
  const anchor = createHeadAnchor({ db, dataDir: env.HUNTAZE_DATA_DIR, keys })
  const sealer = createSealer({
    db,
    keys,
    anchor,
    nowMs: clock.nowMs,
    onLoss: (loss) => log.error(loss, 'sealed entries of the audit log are gone from the database'),
  })
  const run = runSealer({
    sealer,
    lease: createJobLease({ db, name: 'audit-sealer', holder: instanceId, forMs: sealerLeaseMs }),
    shared: db.kind === 'postgres',
    clock,
    log,
    onSealed: () => events.publish('audit'),
  })
  run.start()
  return {
    record: createRecordAudit({ pseudonyms, nowMs: clock.nowMs, onRecorded: run.wake }),
    pseudonyms,
    keys,
    wake: run.wake,
    close: run.close,
  }
}
