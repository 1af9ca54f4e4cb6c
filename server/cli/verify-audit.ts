import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { verifyReport } from '#server/audit/signed-report'
import { verifyExport } from '#server/audit/verify-export'
import { runCli } from '#server/cli/run-cli'

const usage = `usage: npm run audit:verify -- FILE [--key PUBLIC_KEY]...

Verifies an export of the audit log, without a database: that every entry is as it was sealed, that none is missing, added
or out of order, and that the seals are signed. A signed report (the cutover checklist) is verified likewise. --key (base64, as the Audit page shows it) names a key to trust; without
it the keys that the file names are believed. Exit code: 0 = ok, 1 = not, 2 = not verified.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string', multiple: true }, help: { type: 'boolean', default: false } },
  })
  const [path] = positionals
  if (values.help || path === undefined) {
    console.log(usage)
    if (!values.help) process.exitCode = 2
    return
  }
  const told = await verify(path, values.key ?? [])
  console.log(told.text)
  if (!values.key) console.log('the keys are those that the file names; --key trusts only what you give')
  console.log(JSON.stringify(told.verdict))
  process.exitCode = told.verdict.ok ? 0 : 1
}

async function verify(
  path: string,
  trustedKeys: readonly string[],
): Promise<{ text: string; verdict: { ok: boolean } }> {
  const report = verifyReport(await firstLine(path), trustedKeys)
  if (report)
    return {
      text: report.ok
        ? `ok: the report is as it was signed with key ${report.keyId}`
        : `NOT OK: ${report.message}.`,
      verdict: report,
    }
  const verdict = await verifyExport(linesOf(path), trustedKeys)
  const range = `entries ${verdict.fromSequence} to ${verdict.toSequence}`
  const hidden =
    verdict.redacted > 0 ? `; in ${verdict.redacted} of them something was hidden at the export` : ''
  const text = verdict.ok
    ? `ok: ${verdict.entries} entries (${range}) are as they were sealed${hidden}`
    : `NOT OK: ${verdict.message}. The ${verdict.entries} entries before it are good.`
  return { text, verdict }
}

const linesOf = (path: string) =>
  createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })

async function firstLine(path: string): Promise<string> {
  for await (const line of linesOf(path)) return line
  return ''
}

await runCli('audit:verify', main)
