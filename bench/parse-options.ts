import { parseArgs } from 'node:util'
import { readCount } from '#bench/read-count'
import { CONTENDER_NAMES, type ContenderName } from '#bench/servers/contenders'

export interface Options {
  readonly servers: readonly ContenderName[]
  readonly isQuick: boolean
  readonly rounds: number
  readonly withMemory: boolean
  readonly memoryMarks: readonly number[]
  readonly withBars: boolean
  readonly asMarkdown: boolean
}

export const USAGE = `usage: npm run bench [-- options]
  --quick               under 90 s, for a smoke test: fewer requests, no memory phase
  --only a,b --skip a,b servers: ${CONTENDER_NAMES.join(', ')} (the mock upstream always runs)
  --rounds N            interleaved rounds (5; quick: 2)
  --memory --no-memory  resident memory after many requests (takes minutes; on unless --quick)
  --memory-marks a,b    after how many requests (100000,300000)
  --no-bars             exit 0 even if a bar is missed
  --markdown            print the section for docs/benchmarks.md`

function readServers(text: string | undefined): readonly ContenderName[] | undefined {
  return text?.split(',').map((word) => {
    const name = CONTENDER_NAMES.find((known) => known === word.trim())
    if (name === undefined) throw new Error(`no server is named "${word}": ${CONTENDER_NAMES.join(', ')}`)
    return name
  })
}

/** Reads the command line; throws an error in words about what is wrong with it. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      skip: { type: 'string' },
      rounds: { type: 'string' },
      memory: { type: 'boolean' },
      'memory-marks': { type: 'string', default: '100000,300000' },
      bars: { type: 'boolean', default: true },
      markdown: { type: 'boolean', default: false },
    },
  })
  const only = readServers(values.only) ?? CONTENDER_NAMES
  const skip = readServers(values.skip) ?? []
  const marks = values['memory-marks'].split(',').map((text) => readCount(text, '--memory-marks'))
  if (marks.some((mark, index) => mark <= (marks[index - 1] ?? 0)))
    throw new Error('--memory-marks must rise')
  return {
    servers: CONTENDER_NAMES.filter((name) => only.includes(name) && !skip.includes(name)),
    isQuick: values.quick,
    rounds: values.rounds === undefined ? (values.quick ? 2 : 5) : readCount(values.rounds, '--rounds'),
    withMemory: values.memory ?? !values.quick,
    memoryMarks: marks,
    withBars: values.bars,
    asMarkdown: values.markdown,
  }
}
