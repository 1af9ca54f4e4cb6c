/**
 * The gateway bench: our gateway beside the raw upstream, a raw Node proxy and Portkey's gateway, each in its own
 * process, same mock upstream, same load, in interleaved rounds. Prints tables and bars, writes
 * bench/results/gateway-<date>.json; exit code 1 if a bar is missed. `--help` lists the options.
 */
import { join } from 'node:path'
import { startLoadDriver } from '#bench/load/drive-load'
import { type Options, parseOptions, USAGE } from '#bench/parse-options'
import type { BenchSetup } from '#bench/phases/bench-setup'
import { chooseLoads, type Loads } from '#bench/phases/loads'
import { measureAnswers } from '#bench/phases/measure-answers'
import { measureMemory } from '#bench/phases/measure-memory'
import { measureStartUp } from '#bench/phases/measure-start-up'
import { measureStreams } from '#bench/phases/measure-streams'
import { judgeBars } from '#bench/report/judge-bars'
import { publish } from '#bench/report/publish'
import { type Samples, summarise } from '#bench/report/summarise'
import { buildTables } from '#bench/report/tables'
import { runMain } from '#bench/run-main'
import { CONTENDERS } from '#bench/servers/contenders'
import { type RunningServer, startServer } from '#bench/servers/start-server'

const say = (line: string) => console.error(line)

async function startServers(
  options: Options,
  directory: string,
): Promise<{ upstreamOrigin: string; servers: RunningServer[] }> {
  const upstream = await startServer({
    contender: CONTENDERS.upstream,
    upstreamOrigin: '',
    directory: join(directory, 'upstream'),
    limitMs: 20_000,
  })
  const servers: RunningServer[] = []
  for (const name of options.servers) {
    if (name === 'upstream') {
      servers.push(upstream)
      continue
    }
    // The first start of a gateway that is not built yet may build it.
    const start = {
      contender: CONTENDERS[name],
      upstreamOrigin: upstream.origin,
      directory: join(directory, name),
      limitMs: 300_000,
    }
    servers.push(await startServer(start))
  }
  return { upstreamOrigin: upstream.origin, servers }
}

async function measure(options: Options, loads: Loads, directory: string): Promise<Samples> {
  const { upstreamOrigin, servers } = await startServers(options, directory)
  const driver = startLoadDriver()
  const setup: BenchSetup = { driver, servers, upstreamOrigin, rounds: options.rounds, say }
  const answers = await measureAnswers(setup, loads.answers)
  const streams = await measureStreams(setup, loads.streams)
  const concurrentStreams = await measureStreams(setup, loads.concurrentStreams)
  for (const server of servers) if (server.contender.name !== 'upstream') await server.stop()
  const own = options.servers.filter((name) => name !== 'upstream')
  const startUp = await measureStartUp(setup, { servers: own, starts: loads.starts, directory })
  const memory = options.withMemory
    ? await measureMemory(setup, { servers: own, marks: options.memoryMarks, connections: 64, directory })
    : []
  await driver.end()
  return { answers, streams, concurrentStreams, memory, startUp }
}

function titlesOf({ streams, concurrentStreams }: Loads) {
  const title = (load: Loads['streams']) =>
    `${load.connections} at a time, ${load.tokens} tokens, ${load.intervalMs} ms apart`
  return {
    streams: `Streams, ${title(streams)}`,
    concurrentStreams: `Concurrent streams, ${title(concurrentStreams)}`,
  }
}

async function run(options: Options, directory: string): Promise<number> {
  const loads = chooseLoads(options.isQuick, options.rounds)
  const samples = await measure(options, loads, directory)
  const summary = summarise(samples)
  return publish({
    name: 'gateway',
    about: `${options.rounds} interleaved rounds${options.isQuick ? ', quick' : ''}`,
    tables: buildTables(summary, titlesOf(loads)),
    bars: judgeBars(summary),
    results: { options, loads, summary, samples },
    withBars: options.withBars,
    asMarkdown: options.asMarkdown,
  })
}

runMain(USAGE, () => {
  const options = parseOptions(process.argv.slice(2))
  return (directory) => run(options, directory)
})
