import type { LoadDriver } from '#bench/load/drive-load'
import type { RunningServer } from '#bench/servers/start-server'

/** What every phase works with. `servers` are in the order in which they were named; all of them are up. */
export interface BenchSetup {
  readonly driver: LoadDriver
  readonly servers: readonly RunningServer[]
  readonly upstreamOrigin: string
  readonly rounds: number
  readonly say: (line: string) => void
}

/** The order of round `round`: each round starts with another server, so none always follows the same one. */
export function orderOfRound(servers: readonly RunningServer[], round: number): readonly RunningServer[] {
  const start = round % servers.length
  return [...servers.slice(start), ...servers.slice(0, start)]
}
