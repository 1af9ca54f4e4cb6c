import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type DayCost, toPicoUsd } from '#lib/costs/day-series'
import { scoreForecasts } from '#lib/costs/score-forecasts'
import { runCli } from '#server/cli/run-cli'

const usage = `usage: npm run eval:forecast -- FILE.csv [--coverage 0.8]

Replays a history of daily costs: each line is DAY,USD (2026-01-31,12.50), a header line is skipped. From every day
the month's cost is forecast with what was known then, and compared with what the month came to. The last line of
output is {"forecasts", "intervals", "coverage", "meanWidth", "meanError", "runRateError"}, all shares of the outcome.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { coverage: { type: 'string', default: '0.8' }, help: { type: 'boolean', default: false } },
  })
  const [path] = positionals
  if (values.help || path === undefined) {
    console.log(usage)
    if (!values.help) process.exitCode = 2
    return
  }
  const days: DayCost[] = []
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1
    if (line.trim() !== '' && !(number === 1 && !/^\d/.test(line)))
      days.push(readLine(line, `${path}, line ${number}`))
  }
  console.log(JSON.stringify(scoreForecasts(days, { coverage: Number(values.coverage), everyDays: 1 })))
}

function readLine(line: string, where: string): DayCost {
  const match = /^(\d{4}-\d{2}-\d{2})[,;\t]\s*(\d+(?:\.\d+)?)\s*$/.exec(line)
  const [, day = '', usd = ''] = match ?? []
  if (Number.isNaN(Date.parse(day)) || usd === '')
    throw new Error(`${where}: expected DAY,USD but found "${line}"`)
  return { day, costPicoUsd: toPicoUsd(Number(usd)) }
}

await runCli('eval:forecast', main)
