import { buildTarget } from '#bench/load/build-target'
import type { LoadDriver } from '#bench/load/drive-load'
import { readCpuMs } from '#bench/servers/read-process-usage'
import type { RunningServer } from '#bench/servers/start-server'

export interface RestartJob {
  readonly start: () => Promise<RunningServer>
  readonly driver: LoadDriver
  readonly upstreamOrigin: string
  readonly restarts: number
  /** Requests before each kill, so that there is a log to recover from. */
  readonly requests: number
}

/**
 * Start to ready, ms, after `kill -9` right behind a load, `restarts` times on the same data. Returns the times and
 * the server that runs last.
 */
export async function measureRestarts(job: RestartJob, running: RunningServer) {
  const startUpMs: number[] = []
  let server = running
  let failures = 0
  for (let turn = 0; turn < job.restarts; turn += 1) {
    const target = buildTarget(server, job.upstreamOrigin)
    const load = {
      kind: 'answers',
      target,
      connections: 64,
      warmupRequests: 0,
      requests: job.requests,
    } as const
    const { pid } = server
    const result = await job.driver.answers(load, () => readCpuMs(pid))
    failures += result.failures
    await server.kill()
    server = await job.start()
    startUpMs.push(server.startUpMs)
  }
  return { startUpMs, failures, server }
}
