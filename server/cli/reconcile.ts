import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { varianceView } from '#lib/contracts/reconciliations'
import { formatUsd } from '#lib/costs/format-usd'
import { runCli } from '#server/cli/run-cli'
import { readEnv } from '#server/config/env'
import { StartUpError } from '#server/config/start-up-error'

const usage = `usage: npm run reconcile -- FILE.csv --reason "…" [--url http://127.0.0.1:3000]

Sends a usage export of Azure Cost Management to the running program, waits until it is read, and prints how invoice and
ledger differ. Needs HUNTAZE_BOOTSTRAP_ADMIN_API_KEY. Exit code 3: the file was refused.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      reason: { type: 'string' },
      url: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [path] = positionals
  if (values.help || path === undefined || values.reason === undefined) {
    console.log(usage)
    if (!values.help) process.exitCode = 2
    return
  }
  const result = readEnv()
  if (!result.ok) throw new StartUpError(result.problems)
  const { HOST, PORT, HUNTAZE_BOOTSTRAP_ADMIN_API_KEY: key } = result.env
  if (key === undefined) throw new Error('HUNTAZE_BOOTSTRAP_ADMIN_API_KEY is not set')
  const address = `${values.url ?? `http://${HOST}:${PORT}`}/api/admin/reconciliations`
  const headers = { authorization: `Bearer ${key}` }
  const query = new URLSearchParams({ fileName: basename(path), reason: values.reason })
  const { id } = (await ask(`${address}?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(path)) as ReadableStream,
    duplex: 'half',
  })) as { id: string }
  await report(`${address}/${id}`, headers)
}

async function ask(url: string, init: RequestInit & { duplex?: 'half' }): Promise<unknown> {
  const response = await fetch(url, init)
  const body = (await response.json()) as { detail?: string }
  if (!response.ok) throw new Error(`${response.status} ${body.detail ?? response.statusText}`)
  return body
}

async function report(url: string, headers: Record<string, string>): Promise<void> {
  for (;;) {
    const view = varianceView.parse(await ask(url, { headers }))
    if (view.state === 'refused') {
      const { line = 0, column = null, message = '' } = view.refusal ?? {}
      console.error(`refused at line ${line}${column ? `, column ${column}` : ''}: ${message}`)
      process.exitCode = 3
      return
    }
    if (view.state === 'ready') {
      for (const { day, model, kind, variancePicoUsd, cause, text } of view.lines.filter(
        (line) => line.cause !== 'none',
      ))
        console.log(`${day} ${model} ${kind} ${formatUsd(BigInt(variancePicoUsd))} ${cause}: ${text}`)
      console.log(
        `invoice ${formatUsd(BigInt(view.invoicedPicoUsd))}, ledger ${formatUsd(BigInt(view.ledgerPicoUsd))}, ${view.firstDay} to ${view.lastDay}`,
      )
      return
    }
    console.log(`${view.linesDone.toLocaleString('en-US')} lines read`)
    await pause(1000)
  }
}

await runCli('reconcile', main)
