import { createPseudonyms, type Pseudonyms } from '#server/audit/pseudonyms'
import { createRecordAudit, type RecordAudit } from '#server/audit/record-audit'
import type { Env } from '#server/config/env'
import { localSecret } from '#server/config/local-secret'
import type { Clock } from '#server/telemetry/clock'

/** The audit log of a process: `container.audit`. */
export interface Audit {
  record: RecordAudit
  pseudonyms: Pseudonyms
}

export function openAudit({ env, clock }: { env: Env; clock: Clock }): Audit {
  const pseudonyms = createPseudonyms(
    env.HUNTAZE_PSEUDONYM_KEY ?? [localSecret(env.HUNTAZE_DATA_DIR, 'pseudonym-key')],
  )
  return { record: createRecordAudit({ pseudonyms, nowMs: clock.nowMs }), pseudonyms }
}
