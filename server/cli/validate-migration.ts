import { createReadStream, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { picoToUsdDecimal } from '#lib/costs/format-usd'
import { asItems, asRecord, asText } from '#lib/gateway/json-fields'
import { acceptanceCriteria, type CriterionName, judgeReplay } from '#lib/migration/acceptance'
import { type ParityClass, parityClasses } from '#lib/migration/compare-answers'
import { parseReplayLine, type ReplayLine } from '#lib/migration/replay-line'
import { reportReplay } from '#lib/migration/replay-report'
import { describeReplay } from '#server/cli/describe-replay'
import { runCli } from '#server/cli/run-cli'
import { readEnv } from '#server/config/env'
import { localKeyName, readLocalSecret } from '#server/config/local-secret'
import { StartUpError } from '#server/config/start-up-error'
import { type ReplayRoutes, replaySet } from '#server/migration/replay-set'

const criteria = Object.entries(acceptanceCriteria)
const usage = `usage: npm run validate:migration -- FILE.jsonl [options]

Asks the old and the new route every request of a saved set through the public API of a running instance, and reports
parity, latency, cost and quality with intervals. Each line is {"request": {…chat request…}, "id"?, "expected"?}; see
docs/validate-migration.md.

  --url URL              the instance (default http://HOST:PORT)
  --key KEY              an API key with the scopes chat and embeddings (default: HUNTAZE_BOOTSTRAP_API_KEY, else the
                         one that an embedded instance keeps in its data directory)
  --baseline ID          deployment of the old route (default: the first of the tier's legacy chain)
  --candidate ID         deployment of the new one (default: the first of the tier's chain)
  --embeddings MODEL     compares meanings and scores expected texts (default: the embeddings chain; "none" = neither)
  --concurrency 4        lines under way at once
  --timeout 120          seconds that one answer may take
  --limit N              only the first N lines
  --seed 1               of the order of the sides and of resampling
  --counted CLASSES      differences that make a pair unlike (default ${defaultCounted().join(',')})
  --out FILE             everything as JSON, pair by pair
  --certain              a criterion passes only if its whole interval does

criteria (a number each; those without one are not judged)
${criteria.map(([name, { limit, text }]) => `  --${name.padEnd(20)} ${limit === null ? '' : `${limit}: `}${text}`).join('\n')}

The last line of output is JSON. Exit code 1: could not run, 2: bad input, 3: a criterion failed.`

function defaultCounted(): ParityClass[] {
  return parityClasses.filter((name) => !['tool_arguments', 'length', 'meaning'].includes(name))
}

/** What the caller gave cannot be used; nothing was asked. */
class BadInput extends Error {}

function readOptions() {
  const limits = Object.fromEntries(criteria.map(([name]) => [name, { type: 'string' as const }]))
  const text = { type: 'string' as const }
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...limits,
        url: text,
        key: text,
        baseline: text,
        candidate: text,
        embeddings: text,
        concurrency: { ...text, default: '4' },
        timeout: { ...text, default: '120' },
        limit: text,
        seed: { ...text, default: '1' },
        counted: text,
        out: text,
        certain: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new BadInput(error instanceof Error ? error.message : String(error))
  }
}

async function main(): Promise<void> {
  const { values, positionals } = readOptions()
  const [path] = positionals
  if (values.help) return console.log(usage)
  if (path === undefined || positionals.length > 1) throw new BadInput(`name one file.\n\n${usage}`)
  const limits = readLimits(values)
  const counted = readCounted(values.counted)
  const seed = whole('seed', values.seed, 4_294_967_295)
  const concurrency = whole('concurrency', values.concurrency, 64)
  const timeoutMs = whole('timeout', values.timeout, 3_600) * 1_000
  const most = values.limit === undefined ? Number.POSITIVE_INFINITY : whole('limit', values.limit, 1_000_000)
  const lines = (await readLines(path)).slice(0, most)
  const target = { ...readTarget(values), timeoutMs }
  const tiers = await readTiers(target)
  const routes = new Map(lines.map((line) => [line, routesOf(line, { ...values, tiers, path })]))
  const pick = (line: ReplayLine) => routes.get(line) ?? { baseline: '', candidate: '' }
  const { pairs, embeddingProblem } = await replaySet(lines, {
    target,
    routesOf: pick,
    embeddings:
      values.embeddings === 'none' ? null : (values.embeddings ?? tiers.keys().next().value ?? null),
    concurrency,
    seed,
    onPair: (done) => showProgress(done, lines.length),
  })
  if (embeddingProblem) console.error(`meanings are not compared: ${embeddingProblem}`)
  const report = reportReplay(pairs, { counted, seed })
  const results = judgeReplay(report, { limits, needsCertainty: values.certain })
  const isPassed = results.every(({ status }) => status !== 'failed')
  const summary = { passed: isPassed, criteria: results, ...report }
  if (values.out !== undefined) writeFileSync(values.out, `${json({ ...summary, answers: pairs }, 2)}\n`)
  console.log(describeReplay(report, results))
  console.log(json(summary))
  if (!isPassed) process.exitCode = 3
}

async function readLines(path: string): Promise<ReplayLine[]> {
  const lines: ReplayLine[] = []
  const seen = new Set<string>()
  let number = 0
  const input = createReadStream(path, 'utf8')
  const opened = new Promise((resolve, reject) => input.once('open', resolve).once('error', reject))
  await opened.catch((error: unknown) => {
    throw new BadInput(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  })
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (text.trim() === '') continue
    const parsed = parseReplayLine(text, number)
    if (!parsed.ok) throw new BadInput(`${path}, line ${number}: ${parsed.message}`)
    const { line } = parsed
    if (seen.has(line.id)) throw new BadInput(`${path}, line ${number}: the id ${line.id} is there twice`)
    seen.add(line.id)
    lines.push(line)
  }
  if (lines.length === 0) throw new BadInput(`${path}: holds no request`)
  return lines
}

type Tiers = ReadonlyMap<string, { chain: string | null; legacy: string | null }>

/** The first deployment of each tier's chain and of its way back. */
async function readTiers({ url, key }: { url: string; key: string }): Promise<Tiers> {
  const response = await fetch(`${url}/api/v1/models`, { headers: { authorization: `Bearer ${key}` } }).catch(
    (cause: unknown) => {
      throw new Error(`nothing answers at ${url}; start the program (npm start) or name it with --url`, {
        cause,
      })
    },
  )
  if (!response.ok) throw new Error(`${url} refused the key: ${await response.text()}`)
  const rows = asItems(asRecord(await response.json())?.data).map(asRecord)
  const first = (chain: unknown) => asText(asItems(asItems(chain)[0])[0]) || null
  return new Map(
    rows.flatMap((row) => {
      const routes = asRecord(row?.huntaze)
      return routes ? [[asText(row?.id), { chain: first(routes.chain), legacy: first(routes.legacy) }]] : []
    }),
  )
}

interface RouteOptions {
  baseline?: string | undefined
  candidate?: string | undefined
  tiers: Tiers
  path: string
}

function routesOf(line: ReplayLine, { baseline, candidate, tiers, path }: RouteOptions): ReplayRoutes {
  const tier = tiers.get(line.request.model)
  const routes = { baseline: baseline ?? tier?.legacy, candidate: candidate ?? tier?.chain }
  for (const side of ['baseline', 'candidate'] as const) {
    if (!routes[side])
      throw new BadInput(
        `${path}, ${line.id}: model ${line.request.model} is ${tier ? 'a tier without such a route' : `no tier (${[...tiers.keys()].join(', ')})`}; name the deployment with --${side}`,
      )
  }
  return { baseline: routes.baseline ?? '', candidate: routes.candidate ?? '' }
}

function readTarget({ url, key }: { url?: string | undefined; key?: string | undefined }) {
  const result = readEnv()
  if (!result.ok) throw new StartUpError(result.problems)
  const { HOST, PORT, HUNTAZE_BOOTSTRAP_API_KEY, HUNTAZE_DATA_DIR } = result.env
  const found = key ?? HUNTAZE_BOOTSTRAP_API_KEY ?? readLocalSecret(HUNTAZE_DATA_DIR, localKeyName)
  if (!found) throw new BadInput('no API key: give --key, or set HUNTAZE_BOOTSTRAP_API_KEY')
  return { url: (url ?? `http://${HOST}:${PORT}`).replace(/\/+$/, ''), key: found }
}

function readLimits(values: Readonly<Record<string, unknown>>): Partial<Record<CriterionName, number>> {
  const names = (Object.keys(acceptanceCriteria) as CriterionName[]).filter(
    (name) => values[name] !== undefined,
  )
  return Object.fromEntries(
    names.map((name) => {
      const limit = Number(values[name])
      if (values[name] === '' || !Number.isFinite(limit)) throw new BadInput(`--${name} must be a number`)
      return [name, limit]
    }),
  )
}

function readCounted(text: string | undefined): ParityClass[] {
  if (text === undefined) return defaultCounted()
  return text.split(',').map((name) => {
    const found = parityClasses.find((one) => one === name.trim())
    if (!found) throw new BadInput(`--counted: ${name} is none of ${parityClasses.join(', ')}`)
    return found
  })
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new BadInput(`--${name} must be a whole number from 1 to ${most}`)
  return value
}

function showProgress(done: number, total: number): void {
  const isLast = done === total
  if (process.stderr.isTTY) process.stderr.write(`\r${done}/${total} pairs${isLast ? '\n' : ''}`)
  else if (isLast || done % Math.ceil(total / 10) === 0) process.stderr.write(`${done}/${total} pairs\n`)
}

/** Costs as decimal USD, as the public API says them; infinite ends of intervals as null. */
function json(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_name, part: unknown) => (typeof part === 'bigint' ? picoToUsdDecimal(part) : part),
    indent,
  ).replaceAll('PicoUsd":', 'Usd":')
}

await runCli('validate:migration', async () => {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof BadInput)) throw error
    console.error(`validate:migration: ${error.message}`)
    process.exitCode = 2
  }
})
