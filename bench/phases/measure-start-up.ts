import { join } from 'node:path'
import type { BenchSetup } from '#bench/phases/bench-setup'
import { CONTENDERS, type ContenderName } from '#bench/servers/contenders'
import { startServer } from '#bench/servers/start-server'

/** Spawn to ready of fresh processes in fresh directories, ms, one value a start. */
export interface StartUpSample {
  readonly server: ContenderName
  readonly startUpMs: readonly number[]
}

export interface StartUpLoad {
  readonly servers: readonly ContenderName[]
  readonly starts: number
  readonly directory: string
}

/** Starts each server `starts` times, one process at a time. */
export async function measureStartUp(setup: BenchSetup, load: StartUpLoad): Promise<StartUpSample[]> {
  const samples = new Map<ContenderName, number[]>(load.servers.map((name) => [name, []]))
  for (let start = 0; start < load.starts; start += 1) {
    for (const name of load.servers) {
      const directory = join(load.directory, `start-up-${name}-${start}`)
      const server = await startServer({
        contender: CONTENDERS[name],
        upstreamOrigin: setup.upstreamOrigin,
        directory,
        limitMs: 60_000,
      })
      await server.stop()
      samples.get(name)?.push(server.startUpMs)
      setup.say(
        `start ${start + 1}/${load.starts}  ${server.contender.label}: ${server.startUpMs.toFixed(0)} ms`,
      )
    }
  }
  return [...samples].map(([server, startUpMs]) => ({ server, startUpMs }))
}
