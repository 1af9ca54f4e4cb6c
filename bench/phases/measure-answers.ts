import { buildTarget } from '#bench/load/build-target'
import type { Measured } from '#bench/load/drive-load'
import type { AnswersResult } from '#bench/load/load-jobs'
import { type BenchSetup, orderOfRound } from '#bench/phases/bench-setup'
import type { ContenderName } from '#bench/servers/contenders'
import { readCpuMs } from '#bench/servers/read-process-usage'

/** Requests at one number of connections; the warm-up of the first round makes V8 compile what is hot. */
export interface AnswersLoad {
  readonly connections: number
  readonly requests: number
  readonly firstWarmupRequests: number
  readonly warmupRequests: number
}

export interface AnswersSample {
  readonly server: ContenderName
  readonly connections: number
  readonly round: number
  readonly result: Measured<AnswersResult>
}

/** Whole answers at each load, servers in turn within a round, rounds one after the other. */
export async function measureAnswers(
  setup: BenchSetup,
  loads: readonly AnswersLoad[],
): Promise<AnswersSample[]> {
  const samples: AnswersSample[] = []
  for (let round = 0; round < setup.rounds; round += 1) {
    for (const load of loads) {
      for (const server of orderOfRound(setup.servers, round)) {
        const { connections, requests } = load
        const warmupRequests = round === 0 ? load.firstWarmupRequests : load.warmupRequests
        const target = buildTarget(server, setup.upstreamOrigin)
        const job = { kind: 'answers', target, connections, requests, warmupRequests } as const
        const result = await setup.driver.answers(job, () => readCpuMs(server.pid))
        samples.push({ server: server.contender.name, connections, round, result })
        const perSecond = (result.requests / result.seconds).toFixed(0)
        const failed = result.failures > 0 ? `, ${result.failures} failed: ${result.firstFailure}` : ''
        setup.say(
          `round ${round + 1}/${setup.rounds}  ${connections} conn  ${server.contender.label}: ${perSecond}/s${failed}`,
        )
      }
    }
  }
  return samples
}
