import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { defaultRolloutPlan, withoutShadow } from '#lib/traffic/rollout-plan'
import { healthyArm, type SimulatedRollout, simulateRollout } from '#lib/traffic/simulate-rollout'
import { runCli } from '#server/cli/run-cli'

const usage = `usage: npm run simulate:rollouts -- [RUNS]

Plays rollouts with the default plan from 10 % on, by default 2,000 with two equal sides and 500 of each that should be rolled back,
and counts those that roll themselves back. Exit code 1 when a bar is missed.`

const minute = 60_000
const usual = {
  plan: withoutShadow(defaultRolloutPlan),
  baseline: healthyArm,
  requestsPerSecond: 20,
  everyMs: 5_000,
}

interface Scenario {
  name: string
  options: SimulatedRollout
  runs: number
  /** Share of runs that are rolled back: at least, at most. */
  atLeast: number
  atMost: number
}

function scenarios(runs: number): readonly Scenario[] {
  return [
    {
      name: 'A/A, 30 minutes, a look every 5 s',
      options: { ...usual, candidate: healthyArm, forMs: 30 * minute },
      runs,
      atLeast: 0,
      atMost: 0.05,
    },
    {
      name: '+5 points of errors at 10 %, 3 minutes',
      options: { ...usual, candidate: { ...healthyArm, errorRate: 0.06 }, forMs: 3 * minute },
      runs: Math.ceil(runs / 4),
      atLeast: 0.95,
      atMost: 1,
    },
    {
      name: '+30 % latency at 10 %, 5 minutes',
      options: {
        ...usual,
        candidate: { ...healthyArm, medianMs: healthyArm.medianMs * 1.3 },
        forMs: 5 * minute,
      },
      runs: Math.ceil(runs / 4),
      atLeast: 0.95,
      atMost: 1,
    },
  ]
}

/** Plays it and says what happened; false when its bar is missed. */
function play({ name, options, runs, atLeast, atMost }: Scenario): boolean {
  const ends = Array.from({ length: runs }, (_, run) =>
    simulateRollout(options, createSeededRandom(run + 1)).at(-1),
  ).filter((look) => look?.state.phase === 'rolled_back')
  const share = ends.length / runs
  const isMet = share >= atLeast && share <= atMost
  const times = ends.map((look) => (look?.atMs ?? 0) / 1_000).sort((a, b) => a - b)
  const after = times.length === 0 ? '' : `, median after ${times[Math.floor(times.length / 2)]} s`
  const percent = (share * 100).toFixed(1)
  console.log(
    `${isMet ? 'met' : 'missed'}: ${name}: ${ends.length} of ${runs} rolled back (${percent} %)${after}`,
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

await runCli('simulate:rollouts', main)
