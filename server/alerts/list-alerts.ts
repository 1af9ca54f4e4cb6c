import { and, asc, desc, eq, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { hasLabels, readLabelsKey } from '#lib/alerts/alert-labels'
import type { AlertReport, AlertsPage, AlertsQuery, AlertsSummary, AlertView } from '#lib/contracts/alerts'
import { alertDeliveries, alertEvents, alertSilences, alerts } from '#schema/alerts'
import { readSamples } from '#server/alerts/alert-samples'
import { readDeliveries } from '#server/alerts/deliveries'
import type { AlertRow } from '#server/alerts/open-alerts'
import { readRules } from '#server/alerts/rules'
import type { Database } from '#server/db/database'
import { AppError } from '#server/http/app-error'
import { decodeCursor, encodeCursor } from '#server/http/list-cursor'

type Orm = Pick<Database, 'orm'>
type AlertFilter = Pick<AlertsQuery, 'state' | 'ruleId' | 'severity'>

const mostOpen = 500
/** Of one moment. */
const orderOfEvents = sql.raw("ARRAY['fired', 'silenced', 'unsilenced', 'acknowledged', 'resolved']")
const shownDeliveries = 50
/** The graph shows so much before the alert and, once it is resolved, behind it. */
const aroundMs = 30 * 60_000

/**
 * What is open, oldest first and all at once; or a page of what was resolved, newest first.
 * @throws AppError `invalid_request` for a foreign cursor
 */
export async function listAlerts(db: Orm, query: AlertsQuery): Promise<AlertsPage> {
  if (query.state === 'open') {
    const rows = await selectAlerts(db, {
      condition: conditionOf(query),
      limit: mostOpen,
      gravestFirst: true,
    })
    return { alerts: rows, nextCursor: null }
  }
  const after = query.cursor === undefined ? undefined : behind(decodeCursor(position, query.cursor))
  const condition = and(conditionOf(query), after)
  const found = await selectAlerts(db, { condition, limit: query.limit + 1, gravestFirst: false })
  const page = found.slice(0, query.limit)
  const last = page.at(-1)
  return {
    alerts: page,
    nextCursor: found.length > query.limit && last ? encodeCursor([last.firedAt, last.id]) : null,
  }
}

function conditionOf({ state, ruleId, severity }: AlertFilter): SQL | undefined {
  return and(
    state === 'open' ? inArray(alerts.state, ['firing', 'acknowledged']) : eq(alerts.state, 'resolved'),
    ruleId === undefined ? undefined : eq(alerts.ruleId, ruleId),
    severity === undefined ? undefined : eq(alerts.severity, severity),
  )
}

interface Selection {
  condition: SQL | undefined
  limit: number
  gravestFirst: boolean
}

/** Of a severity, what waits longest. */
const gravest = sql.raw(`ARRAY['critical', 'warning', 'info']`)

async function selectAlerts(db: Orm, { condition, limit, gravestFirst }: Selection): Promise<AlertView[]> {
  const order = gravestFirst
    ? [sql`array_position(${gravest}, ${alerts.severity})`, asc(alerts.firedAt), asc(alerts.id)]
    : [desc(alerts.firedAt), desc(alerts.id)]
  const [rows, rules] = await Promise.all([
    db.orm
      .select({ alert: alerts, silencedUntil: alertSilences.endsAt })
      .from(alerts)
      .leftJoin(alertSilences, eq(alertSilences.id, alerts.silenceId))
      .where(and(condition, sql`${alerts.firedAt} IS NOT NULL`))
      .orderBy(...order)
      .limit(limit),
    readRules(db),
  ])
  const known = new Map(rules.map(({ rule }) => [rule.id, rule]))
  return rows.map(({ alert, silencedUntil }) =>
    toView(alert, { rule: known.get(alert.ruleId), silencedUntil }),
  )
}

function toView(
  row: AlertRow,
  { rule, silencedUntil }: { rule: { name: string; about: string } | undefined; silencedUntil: Date | null },
): AlertView {
  const { id, ruleId, severity, sentence, labels, metric, unit, value, worst, threshold, requestIds } = row
  const open = row.state !== 'resolved'
  return {
    id,
    ruleId,
    ruleName: rule?.name ?? ruleId,
    about: rule?.about ?? '',
    state: row.state === 'pending' ? 'firing' : row.state,
    severity,
    sentence,
    labels,
    metric,
    unit,
    value,
    worst,
    threshold,
    requestIds,
    firedAt: (row.firedAt ?? row.pendingAt).toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    silencedUntil: open && silencedUntil ? silencedUntil.toISOString() : null,
  }
}

const position = z.tuple([z.iso.datetime(), z.string().min(1).max(100)])

/** Whatever stands behind the position, newest first. */
function behind([at, id]: z.infer<typeof position>): SQL | undefined {
  const firedAt = new Date(at)
  return or(lt(alerts.firedAt, firedAt), and(eq(alerts.firedAt, firedAt), lt(alerts.id, id)))
}

/** An alert with what happened to it, who was told, and the values around it. @throws AppError `not_found` */
export async function readAlert(db: Orm, id: string, nowMs: number): Promise<AlertReport> {
  const [alert] = await selectAlerts(db, { condition: eq(alerts.id, id), limit: 1, gravestFirst: true })
  if (!alert) throw new AppError('not_found', { message: 'No alert has this id.' })
  const fromMs = Date.parse(alert.firedAt) - aroundMs
  const toMs = alert.resolvedAt === null ? nowMs : Date.parse(alert.resolvedAt) + aroundMs
  const [events, deliveries, samples] = await Promise.all([
    db.orm
      .select()
      .from(alertEvents)
      .where(eq(alertEvents.alertId, id))
      .orderBy(asc(alertEvents.at), sql`array_position(${orderOfEvents}, ${alertEvents.kind})`),
    readDeliveries(db, { condition: eq(alertDeliveries.alertId, id), limit: shownDeliveries }),
    readSamples(db, { metric: alert.metric, fromMs, toMs }),
  ])
  return {
    alert,
    events: events.map(({ alertId: _alert, at, ...event }) => ({ ...event, at: at.toISOString() })),
    deliveries,
    samples: samples
      .filter(({ series }) => hasLabels(readLabelsKey(series), alert.labels))
      .map(({ at, value }) => ({ at: at.toISOString(), value })),
  }
}

/** How many alerts are open, and how many of those nobody has taken. */
export async function summariseAlerts(db: Orm, evaluatedAtMs: number | null): Promise<AlertsSummary> {
  const rows = await db.orm
    .select({ state: alerts.state, severity: alerts.severity, count: sql<number>`count(*)::int` })
    .from(alerts)
    .where(inArray(alerts.state, ['firing', 'acknowledged']))
    .groupBy(alerts.state, alerts.severity)
  const sum = (matches: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(matches).reduce((total, { count }) => total + count, 0)
  return {
    firing: sum(({ state }) => state === 'firing'),
    critical: sum(({ state, severity }) => state === 'firing' && severity === 'critical'),
    acknowledged: sum(({ state }) => state === 'acknowledged'),
    evaluatedAt: evaluatedAtMs === null ? null : new Date(evaluatedAtMs).toISOString(),
  }
}
