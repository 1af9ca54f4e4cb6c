import { type ExperimentPlanInput, experimentPlan } from '#lib/experiments/experiment-plan'
import type { ExperimentReading } from '#lib/experiments/judge-experiment'
import {
  healthyVariant,
  type SimulatedExperiment,
  simulateExperiment,
} from '#lib/experiments/simulate-experiment'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { runCli } from '#server/cli/run-cli'

const usage = `usage: npm run simulate:experiments -- [RUNS]

Plays experiments whose creators differ among themselves and come again, and looks at each 60 times: by default 2,000 with
equal variants, 2,000 with three of them, and 500 of each that have something to find. Exit code 1 when a bar is missed.`

interface Scenario {
  name: string
  options: SimulatedExperiment
  runs: number
  counts(last: ExperimentReading): boolean
  /** Share of the runs that count: at least, at most. */
  atLeast: number
  atMost: number
}

const usual = { units: 600, unitSpread: 0.25, requestsPerLook: 60, looks: 60 }

function planOf(names: readonly string[], input: Partial<ExperimentPlanInput> = {}) {
  const weight = Math.floor(10_000 / names.length)
  return experimentPlan.parse({
    name: 'simulated',
    primaryMetric: 'feedback',
    variants: names.map((name, index) => ({
      name,
      weightBps: index === 0 ? 10_000 - weight * (names.length - 1) : weight,
    })),
    ...input,
  })
}

const isDecided = ({ treatments }: ExperimentReading) =>
  treatments.some(({ standing }) => standing === 'better' || standing === 'worse')
const isStopped = ({ treatments }: ExperimentReading) => treatments.some(({ broken }) => broken !== null)

function scenarios(runs: number): readonly Scenario[] {
  const two = planOf(['control', 'b'])
  const quarter = Math.ceil(runs / 4)
  const pair = (b: Partial<typeof healthyVariant>) => [healthyVariant, { ...healthyVariant, ...b }]
  return [
    {
      name: 'A/A: a winner or loser where there is none',
      options: { ...usual, plan: two, variants: pair({}) },
      runs,
      counts: isDecided,
      atLeast: 0,
      atMost: 0.05,
    },
    {
      name: 'A/A/A: the same with three variants',
      options: {
        ...usual,
        plan: planOf(['control', 'b', 'c']),
        variants: [healthyVariant, healthyVariant, healthyVariant],
      },
      runs,
      counts: isDecided,
      atLeast: 0,
      atMost: 0.05,
    },
    {
      name: 'A/A: a guardrail stops a variant that is no worse',
      options: { ...usual, plan: two, variants: pair({}) },
      runs: quarter,
      counts: isStopped,
      atLeast: 0,
      atMost: 0.05,
    },
    {
      name: 'liked by 15 points more: found',
      options: { ...usual, plan: two, variants: pair({ liking: healthyVariant.liking + 0.15 }) },
      runs: quarter,
      counts: ({ kind }) => kind === 'winner',
      atLeast: 0.8,
      atMost: 1,
    },
    {
      name: '+10 points of errors: stopped',
      options: { ...usual, plan: two, variants: pair({ errorRate: healthyVariant.errorRate + 0.1 }) },
      runs: quarter,
      counts: isStopped,
      atLeast: 0.95,
      atMost: 1,
    },
    {
      name: 'twice as slow: stopped',
      options: { ...usual, plan: two, variants: pair({ medianMs: healthyVariant.medianMs * 2 }) },
      runs: quarter,
      counts: isStopped,
      atLeast: 0.95,
      atMost: 1,
    },
  ]
}

/** Plays it and says what happened; false when its bar is missed. */
function play({ name, options, runs, counts, atLeast, atMost }: Scenario): boolean {
  const ends = Array.from({ length: runs }, (_, run) =>
    simulateExperiment(options, createSeededRandom(run + 1)),
  )
  const counted = ends.filter((readings) => readings.some(counts))
  const share = counted.length / runs
  const isMet = share >= atLeast && share <= atMost
  const looks = counted.map((readings) => readings.length).sort((a, b) => a - b)
  const after = looks.length === 0 ? '' : `, median after ${looks[Math.floor(looks.length / 2)]} looks`
  console.log(
    `${isMet ? 'met' : 'missed'}: ${name}: ${counted.length} of ${runs} (${(share * 100).toFixed(1)} %)${after}`,
  )
  return isMet
}

async function main(): Promise<void> {
  const argument = process.argv[2] ?? '2000'
  const runs = Number(argument)
  if (argument === '--help' || !Number.isInteger(runs) || runs < 1) {
    console.log(usage)
    process.exitCode = argument === '--help' ? 0 : 2
    return
  }
  if (scenarios(runs).map(play).includes(false)) process.exitCode = 1
}

await runCli('simulate:experiments', main)
