import { type DemoCall, demoConcurrency, demoTraffic } from '#server/cli/demo-traffic'

export interface DemoOptions {
  url: string
  key: string
  requests: number
  seed: number
  /** Most calls at once, in the evening. */
  concurrency: number
  progress: { write(text: string): unknown; isTTY?: boolean }
}

interface Tally {
  answered: number
  refused: number
  hungUp: number
  failed: number
  costUsd: number
}

/**
 * Plays the day and says what came of it.
 *
 * @throws Error when the instance cannot be reached, is not ready or does not know the key.
 */
export async function runDemo(options: DemoOptions): Promise<string> {
  await requireReady(options)
  const calls = demoTraffic(options.requests, options.seed)
  const tally: Tally = { answered: 0, refused: 0, hungUp: 0, failed: 0, costUsd: 0 }
  const running = new Set<Promise<void>>()
  for (const [index, call] of calls.entries()) {
    while (running.size >= demoConcurrency(index / calls.length, options.concurrency))
      await Promise.race(running)
    const done: Promise<void> = play(options, call, tally).finally(() => running.delete(done))
    running.add(done)
    showProgress(options, { done: index + 1 - running.size, total: calls.length })
  }
  await Promise.all(running)
  showProgress(options, { done: calls.length, total: calls.length })
  options.progress.write('\n')
  return `${tally.answered} answered, ${tally.refused} refused on purpose, ${tally.hungUp} hung up on purpose, ${tally.failed} failed. See ${options.url}/`
}

async function requireReady({ url, key }: DemoOptions): Promise<void> {
  const response = await fetch(`${url}/api/v1/models`, { headers: { authorization: `Bearer ${key}` } }).catch(
    (cause: unknown) => {
      throw new Error(
        `Nothing answers at ${url}. Start the program first (npm start) or name it with --url.`,
        { cause },
      )
    },
  )
  if (!response.ok) throw new Error(`${url} refused the key: ${await response.text()}`)
}

async function play(options: DemoOptions, call: DemoCall, tally: Tally): Promise<void> {
  const abort = new AbortController()
  try {
    const response = await fetch(options.url + call.path, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.key}`, 'content-type': 'application/json' },
      body: call.body,
      signal: abort.signal,
    })
    if (call.expect === 'hang_up' && response.ok) return await hangUp(response, abort, tally)
    const text = await response.text()
    if (call.expect === 'refusal' && response.status >= 400 && response.status < 500) tally.refused += 1
    else if (response.ok && !text.includes('"error"')) tally.answered += 1
    else tally.failed += 1
  } catch {
    tally.failed += 1
  }
}

async function hangUp(response: Response, abort: AbortController, tally: Tally): Promise<void> {
  await response.body?.getReader().read()
  abort.abort()
  tally.hungUp += 1
}

const barWidth = 32

function showProgress({ progress }: DemoOptions, { done, total }: { done: number; total: number }): void {
  const share = done / total
  const filled = Math.round(share * barWidth)
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
  const hour = Math.min(23, Math.floor(share * 24))
  const line = `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${String(hour).padStart(2, '0')}:00  ${done}/${total}`
  if (progress.isTTY) progress.write(`\r${line}`)
  else if (done === total || done % Math.ceil(total / 10) === 0) progress.write(`${line}\n`)
}
