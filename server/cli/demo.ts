import { parseArgs } from 'node:util'
import { runDemo } from '#server/cli/demo-day'
import { readEnv } from '#server/config/env'
import { localKeyName, readLocalSecret } from '#server/config/local-secret'

const help = `npm run demo -- [--url http://127.0.0.1:3000] [--key KEY] [--requests 600] [--seed 1] [--concurrency 12]

Plays a bounded day of creators' traffic against the running instance through the public API. The key is
--key, else HUNTAZE_BOOTSTRAP_API_KEY, else the one that an embedded instance keeps in its data directory.`

/** The environment's key, else the embedded instance's own. */
function demoKey(): string | null {
  const result = readEnv()
  if (!result.ok) throw new Error(result.problems.join('\n'))
  const { env } = result
  return env.HUNTAZE_BOOTSTRAP_API_KEY ?? readLocalSecret(env.HUNTAZE_DATA_DIR, localKeyName)
}

/** Reads the command line and plays the day; exit code 1 when the instance cannot be reached or refuses the key. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      key: { type: 'string' },
      requests: { type: 'string', default: '600' },
      seed: { type: 'string', default: '1' },
      concurrency: { type: 'string', default: '12' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const key = values.key ?? demoKey()
  if (!key) throw new Error(`No API key.\n\n${help}`)
  const counts = {
    requests: count('requests', values.requests),
    seed: count('seed', values.seed),
    concurrency: count('concurrency', values.concurrency),
  }
  const summary = await runDemo({
    url: values.url.replace(/\/+$/, ''),
    key,
    ...counts,
    progress: process.stderr,
  })
  console.log(summary)
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 100_000)
    throw new Error(`--${name} must be a whole number from 1 to 100000.`)
  return value
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
