import { and, eq, gte } from 'drizzle-orm'
import type { LocalOrder } from '#lib/traffic/apply-orders'
import { isSameScope } from '#lib/traffic/traffic-config'
import { trafficSwitches } from '#schema/traffic'
import { bumpConfiguration, type Transaction } from '#server/config/configuration-version'
import type { Container } from '#server/create-container'
import { endSwitch, insertSwitch, readSwitches, scopeOf } from '#server/traffic/switch-store'

/**
 * Takes an order over into the database, with its audit entry; several instances may do so with the same order, and the
 * first one counts. An order that was overtaken (a switch of its scope was taken back later) is dropped.
 */
export async function replayOrder(
  { db, audit }: Pick<Container, 'db' | 'audit'>,
  order: LocalOrder,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const version = await bumpConfiguration(tx)
    if (order.action === 'return') await replayReturn(tx, { audit, order, version })
    else await replayThrow(tx, { audit, order, version })
  })
}

interface Replay {
  audit: Container['audit']
  order: LocalOrder
  version: number
}

async function replayThrow(tx: Transaction, { audit, order, version }: Replay): Promise<void> {
  if (await isOvertaken(tx, order)) return
  const { id, scope, via, atMs } = order
  const inserted = await insertSwitch(tx, {
    id,
    scope,
    via,
    thrownAt: new Date(atMs),
    thrownBy: describeActor(order),
    reason: order.reason,
    thrownVersion: version,
  })
  if (!inserted) return
  await audit.record(tx, {
    action: 'traffic.roll_back',
    actorId: null,
    resource: `traffic/${id}`,
    before: { providers: 'as the catalog says' },
    after: { providers: 'legacy', scope, via, at: new Date(atMs).toISOString() },
    reason: `${order.reason} (${describeActor(order)})`,
    correlationId: id,
  })
}

async function replayReturn(tx: Transaction, { audit, order, version }: Replay): Promise<void> {
  const inForce = (await readSwitches({ orm: tx })).filter(
    ({ scope, sinceMs }) =>
      sinceMs <= order.atMs && (order.scope.kind === 'all' || isSameScope(scope, order.scope)),
  )
  for (const { id, scope } of inForce) {
    const ended = await endSwitch(tx, id, {
      returnedAt: new Date(order.atMs),
      returnedBy: describeActor(order),
      returnReason: order.reason,
      returnedVersion: version,
    })
    if (!ended) continue
    await audit.record(tx, {
      action: 'traffic.return',
      actorId: null,
      resource: `traffic/${id}`,
      before: { providers: 'legacy', scope },
      after: { providers: 'as the catalog says', via: order.via, at: new Date(order.atMs).toISOString() },
      reason: `${order.reason} (${describeActor(order)})`,
      correlationId: order.id,
    })
  }
}

async function isOvertaken(tx: Transaction, { scope, atMs }: LocalOrder): Promise<boolean> {
  const rows = await tx
    .select()
    .from(trafficSwitches)
    .where(and(eq(trafficSwitches.scopeKind, scope.kind), gte(trafficSwitches.returnedAt, new Date(atMs))))
  return rows.some((row) => isSameScope(scopeOf(row), scope))
}

/** Who threw it, in words. */
export function describeActor({ via, by }: Pick<LocalOrder, 'via' | 'by'>): string {
  return via === 'signal' ? `SIGUSR2 at ${by}` : `${by}, by signed file`
}
