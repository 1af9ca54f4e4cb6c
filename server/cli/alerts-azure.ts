import { writeFile } from 'node:fs/promises'
import { generateAzureAlerts } from '#lib/alerts/azure-monitor'
import { builtInRules } from '#lib/alerts/built-in-rules'
import { runCli } from '#server/cli/run-cli'

/** `npm run alerts:azure -- [FILE]`: the built-in alert rules as an ARM template, to a file or to stdout. */
async function main(): Promise<void> {
  const [file] = process.argv.slice(2)
  const { template, omitted } = generateAzureAlerts(builtInRules)
  const text = `${JSON.stringify(template, null, 2)}\n`
  for (const { id, reason } of omitted) console.error(`left out: ${id}: ${reason}`)
  if (file === undefined) process.stdout.write(text)
  else await writeFile(file, text)
}

await runCli('alerts:azure', main)
