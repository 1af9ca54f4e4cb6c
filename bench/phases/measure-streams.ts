import { buildTarget, type StreamShape } from '#bench/load/build-target'
import type { Measured } from '#bench/load/drive-load'
import type { StreamsResult } from '#bench/load/load-jobs'
import { type BenchSetup, orderOfRound } from '#bench/phases/bench-setup'
import type { ContenderName } from '#bench/servers/contenders'
import { readCpuMs } from '#bench/servers/read-process-usage'

export interface StreamsLoad extends StreamShape {
  readonly connections: number
  readonly streams: number
  readonly warmupStreams: number
  readonly rounds: number
}

export interface StreamsSample {
  readonly server: ContenderName
  readonly round: number
  readonly result: Measured<StreamsResult>
}

/** Streams at one load, servers in turn within a round. */
export async function measureStreams(setup: BenchSetup, load: StreamsLoad): Promise<StreamsSample[]> {
  const samples: StreamsSample[] = []
  for (let round = 0; round < load.rounds; round += 1) {
    for (const server of orderOfRound(setup.servers, round)) {
      const { connections, tokens, intervalMs } = load
      const target = buildTarget(server, setup.upstreamOrigin, { tokens, intervalMs })
      const job = {
        kind: 'streams',
        target,
        connections,
        tokens,
        requests: load.streams,
        warmupRequests: load.warmupStreams,
      } as const
      const result = await setup.driver.streams(job, () => readCpuMs(server.pid))
      samples.push({ server: server.contender.name, round, result })
      const failed = result.failures > 0 ? `, ${result.failures} failed: ${result.firstFailure}` : ''
      setup.say(
        `round ${round + 1}/${load.rounds}  ${connections} streams  ${server.contender.label}: ${result.requests - result.failures} whole${failed}`,
      )
    }
  }
  return samples
}
