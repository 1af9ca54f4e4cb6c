import { type AlertJob, createAlertJob } from '#server/alerts/alert-job'
import type { AlertParts } from '#server/alerts/alert-parts'
import { observationReaders } from '#server/alerts/observation-readers'
import { localSecret } from '#server/config/local-secret'
import type { Container } from '#server/create-container'

/** The alerts of a process: `container.alerts`. Use cases take the parts, the job runs by itself. */
export interface Alerts {
  parts: AlertParts
  job: AlertJob
}

/** Wires the alerts of a process and starts their job. */
export function startAlerts(container: Omit<Container, 'alerts'>): Alerts {
  const { env, db, clock, log, events, configuration, redactor, audit, publicUrl, instanceId } = container
  const parts: AlertParts = {
    db,
    clock,
    log,
    events,
    configuration,
    redactTwice: redactor.redactTwice,
    record: audit.record,
    readers: observationReaders(container),
    publicUrl,
    privateHosts: env.HUNTAZE_ALERT_PRIVATE_HOSTS ?? (db.kind === 'embedded' ? 'loopback' : 'refuse'),
    authSecret: env.AUTH_SECRET ?? localSecret(env.HUNTAZE_DATA_DIR, 'auth-secret'),
  }
  const job = createAlertJob(parts, instanceId)
  job.start()
  return { parts, job }
}
