import { decideAlerts } from '#lib/alerts/decide-alerts'
import type { AlertParts } from '#server/alerts/alert-parts'
import type { AlertSampler } from '#server/alerts/alert-samples'
import { findCauses } from '#server/alerts/find-causes'
import { gatherObservations } from '#server/alerts/gather-observations'
import { readOpenAlerts } from '#server/alerts/open-alerts'
import { readRules } from '#server/alerts/rules'
import { type SavedDecisions, saveDecisions } from '#server/alerts/save-decisions'
import { readSilences } from '#server/alerts/silences'

/** One look: what is observed, what every rule says of it, and what follows, written. */
export async function evaluateAlerts(parts: AlertParts, sampler: AlertSampler): Promise<SavedDecisions> {
  const nowMs = parts.clock.nowMs()
  const [{ observations, failedReaders }, rules, silences, open] = await Promise.all([
    gatherObservations(parts, nowMs),
    readRules(parts.db),
    readSilences(parts.db, nowMs),
    readOpenAlerts(parts.db),
  ])
  const decisions = decideAlerts({
    rules: rules.map(({ rule }) => rule),
    observations,
    failedReaders,
    silences,
    open,
    nowMs,
  })
  const named = await Promise.all(decisions.map((decision) => findCauses(parts.db, decision, nowMs)))
  const saved = await saveDecisions(parts, named, nowMs)
  await sampler.keep({ observations, failedReaders, nowMs })
  return saved
}
