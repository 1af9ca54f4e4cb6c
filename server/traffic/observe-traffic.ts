import type { Observation } from '#lib/alerts/observation'
import { describeScope } from '#lib/traffic/traffic-config'
import type { Container } from '#server/create-container'
import { readLegacyRoutes } from '#server/traffic/legacy-routes'
import { readSwitches } from '#server/traffic/switch-store'

/**
 * The way back and the fleet: `traffic.legacy_not_ready` (1 by deployment), `traffic.rolled_back` (1 by switch), and
 * `traffic.instance_behind_seconds` by instance: since when one does not obey the present configuration, or is silent.
 */
export function observeTraffic(
  parts: Pick<Container, 'db' | 'catalog' | 'env' | 'clock'>,
): (nowMs: number) => Promise<readonly Observation[]> {
  return async (nowMs) => {
    const [routes, switches, behind] = await Promise.all([
      readLegacyRoutes(parts),
      readSwitches(parts.db),
      readBehind(parts),
    ])
    return [
      ...routes
        .filter(({ state }) => state === 'not_ready')
        .map(({ deploymentId, notes }) => ({
          ...seen('traffic.legacy_not_ready', { deployment: deploymentId }, notes.join('; ')),
        })),
      ...switches.map(({ id, scope, sinceMs }) => ({
        ...seen(
          'traffic.rolled_back',
          { switch: id },
          `${describeScope(scope)} goes to the legacy providers`,
        ),
        value: Math.max(1, (nowMs - sinceMs) / 1000),
        unit: 's',
      })),
      ...behind.map(({ instance, seconds, words }) => ({
        ...seen('traffic.instance_behind_seconds', { instance }, words),
        value: seconds,
        unit: 's',
      })),
    ]
  }
}

function seen(metric: string, labels: Observation['labels'], detail: string): Observation {
  return { metric, labels, value: 1, unit: 'state', requestIds: [], detail }
}

interface Behind {
  instance: string
  seconds: number
  words: string
}

const statement = `
SELECT instance_id AS instance, instance_reports.version::float8 AS version, wanted.version::float8 AS wanted,
  extract(epoch FROM now() - reported_at)::float8 AS silent,
  extract(epoch FROM now() - wanted.changed_at)::float8 AS late
FROM instance_reports, configuration_version AS wanted
WHERE wanted.id = 'current' AND reported_at >= now() - interval '10 minutes'`

/** Two heartbeats and the time to obey. */
const patienceSeconds = 15

async function readBehind({ db }: Pick<Container, 'db'>): Promise<Behind[]> {
  if (db.kind === 'embedded') return []
  const { rows } = await db.pool.query<{
    instance: string
    version: number
    wanted: number
    silent: number
    late: number
  }>(statement)
  return rows.flatMap(({ instance, version, wanted, silent, late }) => {
    if (silent > patienceSeconds)
      return [
        { instance, seconds: silent, words: `${instance} has not reported for ${Math.round(silent)} s` },
      ]
    if (version >= wanted || late <= patienceSeconds) return []
    const words = `${instance} obeys version ${version}, not ${wanted}`
    return [{ instance, seconds: late, words }]
  })
}
