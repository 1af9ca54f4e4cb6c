import { parseArgs } from 'node:util'
import { readCount } from '#bench/read-count'

export const PHASES = ['policies', 'overload', 'soak'] as const
export type Phase = (typeof PHASES)[number]

export interface ResilienceOptions {
  readonly phases: readonly Phase[]
  readonly isQuick: boolean
  readonly soakMinutes: number
  readonly withBars: boolean
  readonly asMarkdown: boolean
}

export const RESILIENCE_USAGE = `usage: npm run resilience --prefix bench [-- options]
  --only a,b         phases: ${PHASES.join(', ')}
  --quick            a smoke test: fewer requests, shorter overload, one minute of soak
  --soak-minutes N   how long the soak lasts (10; quick: 1); memory is judged from 4 on
  --no-bars          exit 0 even if a bar is missed
  --markdown         print the section for docs/benchmarks.md`

function readPhases(text: string | undefined): readonly Phase[] {
  if (text === undefined) return PHASES
  const named = text.split(',').map((word) => {
    const phase = PHASES.find((known) => known === word.trim())
    if (phase === undefined) throw new Error(`no phase is named "${word}": ${PHASES.join(', ')}`)
    return phase
  })
  return PHASES.filter((phase) => named.includes(phase))
}

/** Reads the command line; throws an error in words about what is wrong with it. */
export function parseResilienceOptions(args: readonly string[]): ResilienceOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'soak-minutes': { type: 'string' },
      bars: { type: 'boolean', default: true },
      markdown: { type: 'boolean', default: false },
    },
  })
  const minutes = values['soak-minutes'] ?? (values.quick ? '1' : '10')
  return {
    phases: readPhases(values.only),
    isQuick: values.quick,
    soakMinutes: readCount(minutes, '--soak-minutes'),
    withBars: values.bars,
    asMarkdown: values.markdown,
  }
}
