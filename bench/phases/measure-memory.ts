import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildTarget } from '#bench/load/build-target'
import type { BenchSetup } from '#bench/phases/bench-setup'
import { median } from '#bench/report/median'
import { CONTENDERS, type ContenderName } from '#bench/servers/contenders'
import { readCpuMs, readResidentMib } from '#bench/servers/read-process-usage'
import { startServer } from '#bench/servers/start-server'

/** Resident memory of one fresh server: `marks[k]` requests served since its start, `residentMib[k]` then. */
export interface MemorySample {
  readonly server: ContenderName
  readonly idleMib: number
  readonly marks: readonly number[]
  readonly residentMib: readonly number[]
  readonly failures: number
  readonly firstFailure?: string
}

export interface MemoryLoad {
  readonly servers: readonly ContenderName[]
  readonly marks: readonly number[]
  readonly connections: number
  readonly directory: string
}

/** The median of nine looks over two seconds of rest after the load, so that a collection in flight is no matter. */
async function readSettledMib(pid: number): Promise<number> {
  const looks: number[] = []
  for (let look = 0; look < 9; look += 1) {
    await delay(250)
    looks.push(readResidentMib(pid))
  }
  return median(looks)
}

async function measureServer(
  setup: BenchSetup,
  load: MemoryLoad,
  name: ContenderName,
): Promise<MemorySample> {
  const directory = join(load.directory, `memory-${name}`)
  const server = await startServer({
    contender: CONTENDERS[name],
    upstreamOrigin: setup.upstreamOrigin,
    directory,
    limitMs: 60_000,
  })
  const residentMib: number[] = []
  let served = 0
  let failures = 0
  let firstFailure: string | undefined
  try {
    const idleMib = await readSettledMib(server.pid)
    for (const mark of load.marks) {
      const target = buildTarget(server, setup.upstreamOrigin)
      const job = {
        kind: 'answers',
        target,
        connections: load.connections,
        warmupRequests: 0,
        requests: mark - served,
      } as const
      const result = await setup.driver.answers(job, () => readCpuMs(server.pid))
      served = mark
      failures += result.failures
      firstFailure ??= result.firstFailure
      residentMib.push(await readSettledMib(server.pid))
      setup.say(
        `memory  ${server.contender.label}: ${residentMib.at(-1)?.toFixed(0)} MiB after ${mark} requests`,
      )
    }
    return { server: name, idleMib, marks: load.marks, residentMib, failures, firstFailure }
  } finally {
    await server.stop()
  }
}

/** One fresh process after the other: its memory when idle and after each mark of requests. */
export async function measureMemory(setup: BenchSetup, load: MemoryLoad): Promise<MemorySample[]> {
  const samples: MemorySample[] = []
  for (const name of load.servers) samples.push(await measureServer(setup, load, name))
  return samples
}
