import { isSameScope, type SwitchScope, type TrafficSwitch } from '#lib/traffic/traffic-config'

/** A rollback thrown or taken back at one instance while the database was away. */
export interface LocalOrder {
  /** `tsw_…`; the id of the switch it makes. */
  id: string
  action: 'roll_back' | 'return'
  scope: SwitchScope
  via: 'file' | 'signal'
  /** Who says so, in their own words. */
  by: string
  reason: string
  atMs: number
}

/**
 * The switches in force at an instance: those of the database with the orders on top of them, in their order. A return of
 * all traffic ends every switch; any other one the switch of its own scope. An order whose id the database knows has
 * been taken over, so it changes nothing more.
 */
export function applyOrders(
  stored: { switches: readonly TrafficSwitch[]; knownIds: ReadonlySet<string> },
  orders: readonly LocalOrder[],
): readonly TrafficSwitch[] {
  let inForce = stored.switches
  for (const { id, action, scope, atMs } of orders) {
    if (stored.knownIds.has(id)) continue
    if (action === 'return')
      inForce = inForce.filter((one) => scope.kind !== 'all' && !isSameScope(one.scope, scope))
    else if (!inForce.some((one) => isSameScope(one.scope, scope)))
      inForce = [...inForce, { id, scope, sinceMs: atMs }]
  }
  return inForce
}
