/**
 * The resilience bench: what the policies cost a healthy request, what overload does to a gateway that sheds and to one
 * that does not, and a soak under random faults with the ledger checked against the upstreams. Prints tables and bars,
 * writes bench/results/resilience-<date>.json; exit code 1 if a bar is missed. `--help` lists the options.
 */
import { join } from 'node:path'
import { startLoadDriver } from '#bench/load/drive-load'
import type { Bar } from '#bench/report/judge-bar'
import { publish } from '#bench/report/publish'
import type { Table } from '#bench/report/tables'
import { chooseResilienceLoads, type ResilienceLoads } from '#bench/resilience/choose-resilience-loads'
import { measureOverload } from '#bench/resilience/overload/measure-overload'
import { buildOverloadTable, judgeOverload } from '#bench/resilience/overload/report-overload'
import {
  type Phase,
  parseResilienceOptions,
  RESILIENCE_USAGE,
  type ResilienceOptions,
} from '#bench/resilience/parse-resilience-options'
import type { PhaseSetup } from '#bench/resilience/phase-setup'
import { measurePolicies } from '#bench/resilience/policies/measure-policies'
import { buildPolicyTables, judgePolicies } from '#bench/resilience/policies/report-policies'
import { measureSoak } from '#bench/resilience/soak/measure-soak'
import { buildSoakTables, judgeSoak } from '#bench/resilience/soak/report-soak'
import { runMain } from '#bench/run-main'

interface PhaseReport {
  readonly tables: readonly Table[]
  readonly bars: readonly Bar[]
  readonly results: object
}

const phases: Readonly<Record<Phase, (setup: PhaseSetup, loads: ResilienceLoads) => Promise<PhaseReport>>> = {
  policies: async (setup, loads) => {
    const samples = await measurePolicies(setup, loads.policies)
    return { tables: buildPolicyTables(samples), bars: judgePolicies(samples), results: samples }
  },
  overload: async (setup, loads) => {
    const samples = await measureOverload(setup, loads.overload)
    return { tables: [buildOverloadTable(samples)], bars: judgeOverload(samples), results: samples }
  },
  soak: async (setup, loads) => {
    const measures = await measureSoak(setup, loads.soak)
    return { tables: buildSoakTables(measures), bars: judgeSoak(measures), results: measures }
  },
}

async function run(options: ResilienceOptions, directory: string): Promise<number> {
  const loads = chooseResilienceLoads(options)
  const driver = startLoadDriver()
  const reports = new Map<Phase, PhaseReport>()
  for (const phase of options.phases) {
    const setup = { driver, directory: join(directory, phase), say: (line: string) => console.error(line) }
    reports.set(phase, await phases[phase](setup, loads))
  }
  await driver.end()
  const all = [...reports.values()]
  return publish({
    name: 'resilience',
    about: `${options.phases.join(', ')}${options.isQuick ? ', quick' : ''}`,
    tables: all.flatMap(({ tables }) => tables),
    bars: all.flatMap(({ bars }) => bars),
    results: {
      options,
      loads,
      ...Object.fromEntries([...reports].map(([phase, { results }]) => [phase, results])),
    },
    withBars: options.withBars,
    asMarkdown: options.asMarkdown,
  })
}

runMain(RESILIENCE_USAGE, () => {
  const options = parseResilienceOptions(process.argv.slice(2))
  return (directory) => run(options, directory)
})
