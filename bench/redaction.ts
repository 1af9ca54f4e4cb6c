/**
 * Redaction's throughput on one core: log lines, chat messages and labelled texts full of what is to be hidden. Prints
 * megabytes a second and exits 1 below the bar. Usage: npm run redaction --prefix bench
 */
import { redactText } from '../lib/privacy/redact-text.ts'
import { labelledTexts } from '../tests/support/labelled-texts.ts'

const barMbPerSecond = 10
const labelled = labelledTexts(6_000, 11)
const logLine = (index: number) =>
  JSON.stringify({
    level: 30,
    time: 1_790_000_000_000 + index,
    instance: 'ins_0f3a9c1d2e4b',
    requestId: `req_${(index * 2_654_435_761).toString(16)}`,
    accountId: 'acc_huntaze',
    operation: 'message_reply',
    deployment: 'we-standard',
    outcome: 'success',
    attempts: 1,
    latencyMs: 812 + (index % 90),
    costPicoUsd: '4800000000',
    msg: 'answered',
  })
const chat = [
  'hey love, I had such a long day but thinking of your last video made me smile all evening',
  'Thank you so much! I am working on something new for the weekend, you will be the first to see it.',
  'Kannst du mir sagen, wann das neue Video kommt? Ich freue mich schon sehr darauf, wirklich.',
  'tu es incroyable, franchement, je regarde tes photos depuis des mois et je ne m’en lasse pas',
]
const corpora: Readonly<Record<string, readonly string[]>> = {
  'log lines': Array.from({ length: 20_000 }, (_, index) => logLine(index)),
  'chat messages': Array.from({ length: 40_000 }, (_, index) => chat[index % chat.length] ?? ''),
  'texts with something to hide in every second': labelled.map(({ text }) => text),
}

let slowest = Number.POSITIVE_INFINITY
for (const [name, texts] of Object.entries(corpora)) {
  for (const text of texts.slice(0, 2_000)) redactText(text)
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const began = process.cpuUsage()
  for (const text of texts) redactText(text)
  const { user, system } = process.cpuUsage(began)
  const rate = bytes / (user + system)
  if (!name.startsWith('texts')) slowest = Math.min(slowest, rate)
  console.log(`${name.padEnd(48)} ${rate.toFixed(1)} MB/s of CPU time`)
}
console.log(
  `bar: ≥ ${barMbPerSecond} MB/s on logs and messages: ${slowest >= barMbPerSecond ? 'pass' : 'MISS'}`,
)
process.exitCode = slowest >= barMbPerSecond ? 0 : 1
