import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildTarget } from '#bench/load/build-target'
import type { Measured } from '#bench/load/drive-load'
import type { ArrivalsResult } from '#bench/load/load-jobs'
import { OPEN, overloadCatalog, SHEDDING, UPSTREAM } from '#bench/resilience/overload/overload-catalog'
import type { PhaseSetup } from '#bench/resilience/phase-setup'
import { CONTENDERS } from '#bench/servers/contenders'
import { headlessGateway } from '#bench/servers/headless-gateway'
import { readCpuMs } from '#bench/servers/read-process-usage'
import { type RunningServer, startServer } from '#bench/servers/start-server'

export interface OverloadLoad {
  readonly rounds: number
  /** Arrivals as a multiple of the upstream's capacity. */
  readonly overload: number
  readonly patienceMs: number
  readonly warmupMs: number
  readonly measuredMs: number
  /** Requests with which capacity is measured, and with which a gateway is warmed up. */
  readonly saturationRequests: number
}

export type BulkheadName = 'shedding' | 'open'

/** One overload of one gateway; `capacityPerSecond` was measured at the upstream itself right before. */
export interface OverloadSample {
  readonly round: number
  readonly bulkhead: BulkheadName
  readonly capacityPerSecond: number
  readonly result: Measured<ArrivalsResult>
}

interface Servers {
  readonly upstream: RunningServer
  readonly gateways: readonly (readonly [BulkheadName, RunningServer])[]
}

async function startServers({ directory }: PhaseSetup): Promise<Servers> {
  const settings = {
    PLACES: String(UPSTREAM.places),
    SERVICE_MS: String(UPSTREAM.serviceMs),
    LOSS_PER_DOUBLING: String(UPSTREAM.lossPerDoubling),
  }
  const contender = {
    ...CONTENDERS.upstream,
    label: 'upstream of fixed capacity',
    args: () => ['servers/bounded-upstream.ts'],
    env: () => settings,
  }
  const upstream = await startServer({
    contender,
    upstreamOrigin: '',
    directory: join(directory, 'upstream'),
    limitMs: 20_000,
  })
  const start = (name: BulkheadName, bulkhead: typeof SHEDDING | typeof OPEN) =>
    startServer({
      contender: headlessGateway({
        label: `gateway, ${name}`,
        catalog: overloadCatalog(upstream.origin, bulkhead),
      }),
      upstreamOrigin: upstream.origin,
      directory: join(directory, name),
      limitMs: 60_000,
    })
  const shedding = await start('shedding', SHEDDING)
  const open = await start('open', OPEN)
  return {
    upstream,
    gateways: [
      ['shedding', shedding],
      ['open', open],
    ],
  }
}

/** Answers a second with as many callers as there are places, each sending its next request at once. */
async function saturate(
  { driver }: PhaseSetup,
  server: RunningServer,
  { requests, origin }: { requests: number; origin: string },
): Promise<number> {
  const target = buildTarget(server, origin)
  const connections = UPSTREAM.places
  const job = { kind: 'answers', target, connections, warmupRequests: connections * 4, requests } as const
  const result = await driver.answers(job, () => readCpuMs(server.pid))
  if (result.failures > 0) throw new Error(`${server.contender.label}: ${result.firstFailure}`)
  return result.requests / result.seconds
}

/**
 * Overloads a gateway that sheds and one that lets everything through, in turn, in front of the same upstream, with
 * arrivals that do not wait for answers.
 */
export async function measureOverload(setup: PhaseSetup, load: OverloadLoad): Promise<OverloadSample[]> {
  const { driver, say } = setup
  const { upstream, gateways } = await startServers(setup)
  const { origin } = upstream
  const requests = load.saturationRequests
  for (const [, gateway] of gateways) await saturate(setup, gateway, { requests, origin })
  const samples: OverloadSample[] = []
  for (let round = 0; round < load.rounds; round += 1) {
    for (const [bulkhead, gateway] of gateways) {
      const capacityPerSecond = await saturate(setup, upstream, { requests, origin })
      const { patienceMs, warmupMs, measuredMs } = load
      const ratePerSecond = load.overload * capacityPerSecond
      const target = buildTarget(gateway, origin)
      const times = { patienceMs, warmupMs, measuredMs }
      const job = { kind: 'arrivals', target, seed: 1 + round, ratePerSecond, ...times } as const
      const result = await driver.arrivals(job, () => readCpuMs(gateway.pid))
      samples.push({ round, bulkhead, capacityPerSecond, result })
      const share = (100 * result.answered) / result.seconds / capacityPerSecond
      say(
        `round ${round + 1}/${load.rounds}  ${gateway.contender.label}: ${share.toFixed(0)} % of ${capacityPerSecond.toFixed(0)}/s answered in time`,
      )
      // Both sides let go of what was cancelled.
      await delay(1_000)
    }
  }
  await Promise.all([upstream, ...gateways.map(([, gateway]) => gateway)].map((server) => server.stop()))
  return samples
}
