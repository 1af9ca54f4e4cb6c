import { mostRequestIds } from '#lib/alerts/alert-reading'
import type { Observation } from '#lib/alerts/observation'
import type { AlertParts } from '#server/alerts/alert-parts'
import { redactValue } from '#server/privacy/redact-fields'
import { safeCause } from '#server/telemetry/safe-cause'

export interface Gathered {
  /** Redacted: nothing behind this place sees what a person may have written. */
  observations: Observation[]
  /** Names of the readers that failed. */
  failedReaders: ReadonlySet<string>
}

/** Asks every reader; one that fails is named and hides no other. */
export async function gatherObservations(
  { readers, redactTwice, log }: Pick<AlertParts, 'readers' | 'redactTwice' | 'log'>,
  nowMs: number,
): Promise<Gathered> {
  const failedReaders = new Set<string>()
  const found = await Promise.all(
    readers.map(async ({ name, read }) => {
      try {
        return await read(nowMs)
      } catch (cause) {
        failedReaders.add(name)
        log.warn({ reader: name, cause: safeCause(cause) }, 'what alerts are made of cannot be read')
        return []
      }
    }),
  )
  return { observations: found.flat().map((one) => redactObservation(one, redactTwice)), failedReaders }
}

function redactObservation(seen: Observation, redact: (text: string) => string): Observation {
  const clean = (text: string) => String(redactValue(text, redact))
  return {
    ...seen,
    labels: Object.fromEntries(Object.entries(seen.labels).map(([name, value]) => [name, clean(value)])),
    requestIds: seen.requestIds.slice(0, mostRequestIds).map(clean),
    ...(seen.detail === undefined ? {} : { detail: clean(seen.detail) }),
  }
}
