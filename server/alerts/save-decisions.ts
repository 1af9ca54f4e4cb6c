import { and, eq } from 'drizzle-orm'
import type { AlertMessage } from '#lib/alerts/alert-message'
import { isAsGrave } from '#lib/alerts/alert-rule'
import { alertSentence } from '#lib/alerts/alert-sentence'
import type { AlertDecision } from '#lib/alerts/decide-alerts'
import { alertChannels, alertDeliveries, alertEvents, alerts } from '#schema/alerts'
import { newId } from '#server/access/new-id'
import type { AlertParts } from '#server/alerts/alert-parts'
import type { AlertRow, StoredAlert } from '#server/alerts/open-alerts'
import type { Transaction } from '#server/config/configuration-version'

type Decision = AlertDecision<StoredAlert>

/** What was written. */
export interface SavedDecisions {
  /** Somebody who looks at alerts sees something else. */
  moved: number
  deliveries: number
}

/** An open alert's value is written again this often, if it changed. */
const refreshMs = 30_000

/**
 * Writes what was decided, the alert with its events and messages in one transaction. What somebody else moved in the
 * meantime is left to the next look.
 */
export async function saveDecisions(
  parts: AlertParts,
  decisions: readonly Decision[],
  nowMs: number,
): Promise<SavedDecisions> {
  const due = decisions.filter((decision) => isDue(decision, nowMs))
  const saved = { moved: 0, deliveries: 0 }
  for (const decision of due) {
    await parts.db.orm.transaction(async (tx) => {
      const row = await writeAlert(tx, decision, nowMs)
      if (row === null) return
      if (decision.step.moves.length > 0) saved.moved += 1
      const eventId = await writeEvents(tx, { decision, row, nowMs })
      if (eventId !== null && decision.step.tell !== null)
        saved.deliveries += await writeDeliveries(tx, { parts, decision, row, eventId, nowMs })
    })
  }
  return saved
}

function isDue({ before, step, reading, silenceId }: Decision, nowMs: number): boolean {
  if (step.moves.length > 0 || step.tell !== null) return true
  if (before === null || step.alert === null) return before !== null || step.alert !== null
  const memory = before.memory
  if (memory.state !== step.alert.state || memory.clearSinceMs !== step.alert.clearSinceMs) return true
  if (before.row.silenceId !== silenceId) return true
  const changed = reading !== null && reading.value !== before.row.value
  return changed && nowMs - before.row.updatedAt.getTime() >= refreshMs
}

async function writeAlert(tx: Transaction, decision: Decision, nowMs: number): Promise<AlertRow | null> {
  const { before, step } = decision
  if (before === null) {
    const row = newRow(decision, nowMs)
    const made = row ? await tx.insert(alerts).values(row).onConflictDoNothing().returning() : []
    return made[0] ?? null
  }
  const same = and(eq(alerts.id, before.row.id), eq(alerts.state, before.row.state))
  if (step.alert === null && before.row.state === 'pending') {
    await tx.delete(alerts).where(same)
    return null
  }
  const [changed] = await tx
    .update(alerts)
    .set(changedFields(decision, before.row, nowMs))
    .where(same)
    .returning()
  return changed ?? null
}

const instant = (ms: number | null) => (ms === null ? null : new Date(ms))

function newRow(decision: Decision, nowMs: number): AlertRow | null {
  const { rule, reading, step, fingerprint, silenceId } = decision
  if (rule === null || reading === null || step.alert === null) return null
  const { state, pendingAtMs, firedAtMs, notified } = step.alert
  return {
    id: newId('alr'),
    ruleId: rule.id,
    fingerprint,
    labels: { ...reading.labels },
    state,
    severity: rule.severity,
    sentence: alertSentence(rule.name, reading),
    metric: rule.metric,
    unit: reading.unit,
    value: reading.value,
    worst: reading.value,
    threshold: reading.limit,
    requestIds: [...reading.requestIds],
    pendingAt: new Date(pendingAtMs),
    firedAt: instant(firedAtMs),
    clearSince: null,
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    notified,
    silenceId,
    updatedAt: new Date(nowMs),
  }
}

function changedFields(decision: Decision, row: AlertRow, nowMs: number): Partial<AlertRow> {
  const { rule, reading, step, silenceId } = decision
  const upward = row.worst >= row.threshold
  const requestIds = [...new Set([...(reading?.requestIds ?? []), ...row.requestIds])].slice(0, 20)
  return {
    ...(step.alert === null
      ? { state: 'resolved', resolvedAt: new Date(nowMs) }
      : {
          state: step.alert.state,
          firedAt: instant(step.alert.firedAtMs),
          clearSince: instant(step.alert.clearSinceMs),
          notified: step.alert.notified,
          silenceId,
        }),
    ...(reading === null
      ? {}
      : {
          value: reading.value,
          worst: upward ? Math.max(row.worst, reading.value) : Math.min(row.worst, reading.value),
          threshold: reading.limit,
        }),
    ...(reading?.breached && rule ? { sentence: alertSentence(rule.name, reading), requestIds } : {}),
    updatedAt: new Date(nowMs),
  }
}

interface Written {
  decision: Decision
  row: AlertRow
  nowMs: number
}

/** The id of the event that channels are told of; null when nothing happened. */
async function writeEvents(tx: Transaction, { decision, row, nowMs }: Written): Promise<string | null> {
  const { moves, tell } = decision.step
  const rows = moves.map((kind) => ({
    id: newId('ale'),
    alertId: row.id,
    kind,
    at: new Date(nowMs),
    value: row.value,
    actorId: null,
    note: kind === 'resolved' && decision.rule === null ? 'its rule was switched off or removed' : null,
  }))
  if (rows.length > 0) await tx.insert(alertEvents).values(rows)
  const told = tell === 'resolved' ? 'resolved' : 'fired'
  return rows.find(({ kind }) => kind === told)?.id ?? rows.at(-1)?.id ?? null
}

async function writeDeliveries(
  tx: Transaction,
  { parts, decision, row, eventId, nowMs }: Written & { parts: AlertParts; eventId: string },
): Promise<number> {
  const channels = await tx.select().from(alertChannels).where(eq(alertChannels.enabled, true))
  const wanted = channels.filter(
    ({ severity, rules }) =>
      isAsGrave(row.severity, severity) && (rules === null || rules.includes(row.ruleId)),
  )
  if (wanted.length === 0) return 0
  const message = describeAlert(parts, { decision, row, nowMs })
  const rows = wanted.map((channel) => ({
    id: newId('msg'),
    channelId: channel.id,
    alertId: row.id,
    eventId,
    message,
    state: 'waiting' as const,
    nextAt: new Date(nowMs),
    createdAt: new Date(nowMs),
  }))
  const made = await tx.insert(alertDeliveries).values(rows).onConflictDoNothing().returning()
  return made.length
}

function describeAlert(parts: AlertParts, { decision, row, nowMs }: Written): AlertMessage {
  return {
    type: decision.step.tell === 'resolved' ? 'alert.resolved' : 'alert.firing',
    timestamp: new Date(nowMs).toISOString(),
    data: {
      alertId: row.id,
      fingerprint: row.fingerprint,
      rule: row.ruleId,
      name: decision.rule?.name ?? row.ruleId,
      severity: row.severity,
      sentence: row.sentence,
      about: decision.rule?.about ?? '',
      labels: row.labels,
      metric: row.metric,
      value: row.value,
      threshold: row.threshold,
      unit: row.unit,
      firedAt: row.firedAt?.toISOString() ?? null,
      resolvedAt: row.resolvedAt?.toISOString() ?? null,
      requestIds: row.requestIds,
      url: `${parts.publicUrl()}/alerts?alert=${row.id}`,
    },
  }
}
