import { parseArgs } from 'node:util'
import { scoreShifts } from '#lib/costs/score-shifts'
import { runCli } from '#server/cli/run-cli'

const usage = `usage: npm run eval:anomalies -- [--series 300] [--seed 1]

Watches generated series of daily costs as the program does, at the end of each day: how often it tells of a change where
there is none, how soon it tells of one that was put in, and how far off its first day is. The last line of output is
{"falseAlarmsPerMonth", "falseAlarmsByKind", "found"}.`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      series: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const [series, seed] = [Number(values.series), Number(values.seed)]
  if (!Number.isInteger(series) || series < 1 || !Number.isInteger(seed))
    throw new Error('--series and --seed must be whole numbers, and at least one series')
  const score = scoreShifts({ series, seed })
  for (const [kind, alarms] of Object.entries(score.falseAlarmsByKind))
    console.log(`false alarms a month, ${kind}: ${alarms.toFixed(3)}`)
  for (const { name, kind, onDay1, within3, within7, startError } of score.found)
    console.log(
      `${name}, ${kind}: day 1 ${percent(onDay1)}, 3 days ${percent(within3)}, 7 days ${percent(within7)}, start off by ${startError.toFixed(2)} days`,
    )
  console.log(JSON.stringify(score))
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

await runCli('eval:anomalies', main)
