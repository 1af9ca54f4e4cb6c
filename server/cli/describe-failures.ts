import { failureTreatments } from '#lib/gateway/failure-treatments'

/** Prints the failure table of docs/resilience.md from the rows that the program decides with. */
const again = {
  no: 'no',
  backoff: 'after a jittered backoff',
  after_retry_after: 'after its Retry-After, if nobody else is left',
}
const next = { no: 'no', yes: 'yes', larger_context: 'only with a larger context' }

const lines = Object.entries(failureTreatments).map(([name, row]) => {
  const cooldown = row.cooldown ? `as long as asked, at most ${row.cooldown.capMs / 1000} s` : '–'
  return `| \`${name}\` | ${row.seen} | ${again[row.sameAgain]} | ${next[row.nextCandidate]} | ${row.breakerSignal ?? '–'} | ${cooldown} |`
})
console.log(
  [
    '| failure | seen as | same again | next candidate | counts for breaker | left alone |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n'),
)
