import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SoakResult } from '#bench/load/load-jobs'
import type { SoakCall } from '#bench/load/run-soak-callers'
import type { PhaseSetup } from '#bench/resilience/phase-setup'
import { type Comparison, compareLedger } from '#bench/resilience/soak/compare-ledger'
import { type LedgerRows, readLedger } from '#bench/resilience/soak/read-ledger'
import { awaitRest, type RestState } from '#bench/resilience/soak/rest-state'
import { SOAK_TIERS, soakCatalog } from '#bench/resilience/soak/soak-catalog'
import { type MemoryLook, watchMemory } from '#bench/resilience/soak/watch-memory'
import { type OutputWatch, watchOutput } from '#bench/resilience/soak/watch-output'
import { CONTENDERS } from '#bench/servers/contenders'
import { headlessGateway } from '#bench/servers/headless-gateway'
import { readCpuMs } from '#bench/servers/read-process-usage'
import { type RunningServer, startServer } from '#bench/servers/start-server'
import { readUpstreamState, type UpstreamState } from '#bench/servers/upstream-state'

export interface SoakLoad {
  readonly seed: number
  /** Callers at a time. */
  readonly lanes: number
  /** The same load before the first look at what the process holds, so that what is opened once is open. */
  readonly warmupMs: number
  readonly durationMs: number
}

export interface SoakMeasures {
  readonly minutes: number
  readonly result: SoakResult
  readonly before: RestState
  readonly after: RestState
  readonly memory: readonly MemoryLook[]
  readonly comparison: Comparison
  readonly outcomes: readonly CallCount[]
  readonly plays: Readonly<Record<string, number>>
  readonly transitions: LedgerRows['transitions']
  readonly failureClasses: Readonly<Record<string, number>>
  readonly complaints: readonly string[]
  /** How the gateway ended when it was asked to: 0 when it did so in order. */
  readonly ending: number | string | null
}

/** How many calls ended how. */
export interface CallCount {
  readonly kind: string
  readonly outcome: string
  readonly detail: string
  readonly times: number
}

interface Stage extends PhaseSetup {
  readonly load: SoakLoad
  readonly gateway: RunningServer
  readonly gatewayDirectory: string
  readonly upstreams: readonly RunningServer[]
  readonly output: OutputWatch
}

function startUpstream(directory: string, seed: number): Promise<RunningServer> {
  const contender = {
    ...CONTENDERS.upstream,
    label: 'faulty upstream',
    args: () => ['servers/faulty-upstream.ts'],
    env: () => ({ SEED: String(seed) }),
  }
  return startServer({ contender, upstreamOrigin: '', directory, limitMs: 20_000 })
}

function callUntil(stage: Stage, { durationMs, seed }: { durationMs: number; seed: number }) {
  const { driver, gateway, directory, load } = stage
  const { contender, origin, pid } = gateway
  const target = { origin, path: contender.path, headers: contender.headers('') }
  const callsPath = join(directory, 'calls.jsonl')
  const job = {
    kind: 'soak',
    target,
    seed,
    tiers: SOAK_TIERS,
    lanes: load.lanes,
    durationMs,
    callsPath,
  } as const
  return driver.soak(job, () => readCpuMs(pid))
}

function requireAlive({ gateway, output }: Stage): void {
  if (gateway.ending() === null) return
  throw new Error(`the gateway ended (${gateway.ending()}) in the soak:\n${output.tail().join('\n')}`)
}

/** Warm-up, rest, soak, rest. */
async function soak(stage: Stage) {
  const { load, say, gateway, upstreams, gatewayDirectory } = stage
  const upstreamOrigins = upstreams.map(({ origin }) => origin)
  const resting = { pid: gateway.pid, directory: gatewayDirectory, upstreamOrigins }
  await callUntil(stage, { durationMs: load.warmupMs, seed: load.seed })
  requireAlive(stage)
  const before = await awaitRest(resting)
  say(`at rest after warm-up: ${before.open.sockets} sockets, ${before.residentMib.toFixed(0)} MiB`)
  const watch = watchMemory(gateway.pid)
  const result = await callUntil(stage, { durationMs: load.durationMs, seed: load.seed + 1 })
  const memory = watch.stop()
  requireAlive(stage)
  say(`${result.requests} calls in ${result.seconds.toFixed(0)} s, ${result.failures} wrong`)
  const after = await awaitRest(resting)
  return { result, before, after, memory }
}

function readCalls(path: string): SoakCall[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line): SoakCall => JSON.parse(line))
}

function countCalls(calls: readonly SoakCall[]): CallCount[] {
  const counts = new Map<string, CallCount>()
  for (const { kind, outcome, detail } of calls) {
    const key = `${kind} ${outcome} ${detail}`
    counts.set(key, { kind, outcome, detail, times: (counts.get(key)?.times ?? 0) + 1 })
  }
  return [...counts.values()].sort((a, b) => b.times - a.times)
}

function countFailures({ attempts }: LedgerRows): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { failureClass } of attempts) {
    const name = failureClass ?? 'success'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function addUp(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [name, times] of records.flatMap((record) => Object.entries(record)))
    sums[name] = (sums[name] ?? 0) + times
  return sums
}

/** What the upstreams have seen, the gateway has kept and the callers were told, once everything has stopped. */
async function settleAccounts({ directory, gateway, gatewayDirectory, upstreams }: Stage) {
  const states: UpstreamState[] = await Promise.all(upstreams.map(({ origin }) => readUpstreamState(origin)))
  await gateway.stop()
  const ending = gateway.ending()
  // The journal of the last moments is booked before the next run is ready.
  const { contender } = gateway
  const next = await startServer({
    contender,
    upstreamOrigin: '',
    directory: gatewayDirectory,
    limitMs: 60_000,
  })
  await next.stop()
  const ledger = await readLedger(join(gatewayDirectory, 'data'))
  const calls = readCalls(join(directory, 'calls.jsonl'))
  const received = new Map(states.flatMap((state) => Object.entries(state.received)))
  return {
    ending,
    comparison: compareLedger({ calls, ledger, received }),
    outcomes: countCalls(calls),
    plays: addUp(states.map(({ plays }) => plays)),
    transitions: ledger.transitions,
    failureClasses: countFailures(ledger),
  }
}

/**
 * Callers of all kinds against a gateway whose upstreams fail at random, then the books: callers, ledger and upstreams
 * must agree, and the process must hold no more than before.
 */
export async function measureSoak(setup: PhaseSetup, load: SoakLoad): Promise<SoakMeasures> {
  const { directory } = setup
  const west = await startUpstream(join(directory, 'west'), load.seed)
  const north = await startUpstream(join(directory, 'north'), load.seed + 1)
  const output = watchOutput()
  const gatewayDirectory = join(directory, 'gateway')
  const catalog = soakCatalog(west.origin, north.origin)
  const gateway = await startServer({
    contender: headlessGateway({ label: 'gateway, soak', catalog }),
    upstreamOrigin: '',
    directory: gatewayDirectory,
    limitMs: 60_000,
    onOutput: output.onOutput,
  })
  const stage: Stage = { ...setup, load, gateway, gatewayDirectory, upstreams: [west, north], output }
  const measured = await soak(stage)
  const accounts = await settleAccounts(stage)
  await Promise.all([west.stop(), north.stop()])
  return { minutes: load.durationMs / 60_000, ...measured, ...accounts, complaints: output.complaints() }
}
