import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createRedactionScore, parseLabelledLine } from '#lib/privacy/redaction-score'
import { runCli } from '#server/cli/run-cli'

const usage = `usage: npm run eval:redaction -- FILE.jsonl [--misses N]

Measures redaction on labelled text. Each line is {"text": "…", "spans": [{"start": 0, "end": 5, "type": "EMAIL"}]}
with offsets in UTF-16 code units. A span counts as found when every letter and digit of it is hidden. A clean word is
one that touches no span; it is lost when any of it is hidden. The last line of output is
{"recall": {type: share}, "cleanWordsLost": share}. --misses N shows N of the spans not found and words lost.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { misses: { type: 'string', default: '0' }, help: { type: 'boolean', default: false } },
  })
  const [path] = positionals
  if (values.help || path === undefined) {
    console.log(usage)
    if (!values.help) process.exitCode = 2
    return
  }
  const score = createRedactionScore({ examples: Number(values.misses) || 0 })
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1
    if (line.trim() === '') continue
    const labelled = parseLabelledLine(line)
    if (!labelled.ok) throw new Error(`${path}, line ${number}: ${labelled.message}`)
    score.add(labelled.line)
  }
  for (const example of score.examples()) console.log(example)
  console.log(JSON.stringify(score.read()))
}

await runCli('eval:redaction', main)
