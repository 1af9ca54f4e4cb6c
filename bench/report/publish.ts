import { describeMachine } from '#bench/report/describe-machine'
import type { Bar } from '#bench/report/judge-bar'
import { renderAsMarkdown, renderForTerminal } from '#bench/report/render-table'
import { buildBarsTable, type Table } from '#bench/report/tables'
import { writeResults } from '#bench/report/write-results'

/** What one run has to show. `about` says in words how it was measured; `results` go into the JSON file. */
export interface Publication {
  readonly name: string
  readonly about: string
  readonly tables: readonly Table[]
  readonly bars: readonly Bar[]
  readonly results: object
  readonly withBars: boolean
  readonly asMarkdown: boolean
}

/** Prints tables and bars to standard output, writes the JSON file; resolves to the exit code (1: a bar was missed). */
export function publish({ name, about, tables, bars, results, withBars, asMarkdown }: Publication): number {
  const at = new Date().toISOString()
  const machine = describeMachine()
  const path = writeResults(name, { at, machine, bars, ...results })
  const hardware = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system}`
  const opening = `${at.slice(0, 10)}: ${hardware}, Node ${machine.node}; ${about}`
  const render = asMarkdown ? renderAsMarkdown : renderForTerminal
  const heading = asMarkdown ? [`## ${name[0]?.toUpperCase()}${name.slice(1)}`, opening] : [opening]
  console.log(`\n${[...heading, ...[...tables, buildBarsTable(bars)].map(render)].join('\n\n')}\n`)
  console.error(`written: ${path}`)
  const missed = bars.filter((bar) => bar.verdict === 'miss')
  if (missed.length > 0) console.error(`missed: ${missed.map((bar) => bar.name).join('; ')}`)
  return missed.length > 0 && withBars ? 1 : 0
}
