import { ne } from 'drizzle-orm'
import type { Observation } from '#lib/alerts/observation'
import { regionStates } from '#schema/deployments'
import type { Database } from '#server/db/database'

/** `region.away`: 1 for each region that does not serve as usual, however it came to that. */
export function observeRegions(db: Pick<Database, 'orm'>) {
  return async (): Promise<readonly Observation[]> => {
    const rows = await db.orm.select().from(regionStates).where(ne(regionStates.phase, 'serving'))
    return rows.map(({ region, phase, reason }) => ({
      metric: 'region.away',
      labels: { region },
      value: 1,
      unit: 'state',
      requestIds: [],
      detail: `${phase.replace('_', ' ')}: ${reason}`,
    }))
  }
}
