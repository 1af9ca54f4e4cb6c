import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AnswersLoad, type AnswersSample, measureAnswers } from '#bench/phases/measure-answers'
import type { PhaseSetup } from '#bench/resilience/phase-setup'
import type { StackJob, StackResult, StackRound } from '#bench/resilience/policies/stack-job'
import { CONTENDERS, type Contender } from '#bench/servers/contenders'
import { type RunningServer, startServer } from '#bench/servers/start-server'
import { trackChild } from '#bench/servers/track-child'

export interface PolicyLoad {
  readonly stackRounds: number
  readonly stackRequests: number
  readonly gatewayRounds: number
  readonly gateway: AnswersLoad
}

/** `stack`: the policy objects alone. `answers`: whole gateway, raw Node proxy and raw upstream, for context. */
export interface PolicySamples {
  readonly stack: readonly StackRound[]
  readonly answers: readonly AnswersSample[]
}

const stackPath = fileURLToPath(new URL('stack-process.ts', import.meta.url))

/** Drives the objects in a process of their own; nothing of the program is asked over the network. */
function measureStack(directory: string, job: StackJob): Promise<readonly StackRound[]> {
  mkdirSync(directory, { recursive: true })
  const { huntaze } = CONTENDERS
  // Nobody listens there: the provider of these requests is a promise.
  const placement = { port: 0, upstreamOrigin: 'http://127.0.0.1:9', directory }
  const child = trackChild(
    fork(stackPath, {
      cwd: huntaze.cwd,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        ...huntaze.env(placement),
        STACK_JOB: JSON.stringify(job),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  return new Promise((resolve, reject) => {
    child.once('message', (result: StackResult) => resolve(result.rounds))
    child.once('exit', (code) => reject(new Error(`the policy stack's process ended (${code})`)))
  })
}

async function startServers(directory: string): Promise<RunningServer[]> {
  const { upstream, proxy, huntaze } = CONTENDERS
  const headless = {
    ...huntaze,
    args: (placement) => [...huntaze.args(placement), '--headless'],
  } satisfies Contender
  const start = (contender: Contender, upstreamOrigin: string) =>
    startServer({ contender, upstreamOrigin, directory: join(directory, contender.name), limitMs: 60_000 })
  const raw = await start(upstream, '')
  return [raw, await start(proxy, raw.origin), await start(headless, raw.origin)]
}

/** First the policy objects alone, then the whole gateway beside a raw proxy, in interleaved rounds. */
export async function measurePolicies(setup: PhaseSetup, load: PolicyLoad): Promise<PolicySamples> {
  const { driver, directory, say } = setup
  const { stackRounds: rounds, stackRequests: requests } = load
  const stack = await measureStack(join(directory, 'stack'), { rounds, requests })
  say(`policy stack: ${rounds} rounds of ${requests} requests`)
  const servers = await startServers(directory)
  const upstreamOrigin = servers[0]?.origin ?? ''
  const bench = { driver, servers, upstreamOrigin, rounds: load.gatewayRounds, say }
  const answers = await measureAnswers(bench, [load.gateway])
  for (const server of servers) await server.stop()
  return { stack, answers }
}
