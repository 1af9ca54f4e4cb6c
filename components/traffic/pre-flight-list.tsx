import { formatCount } from '#components/ui/format-number'
import { StateTag } from '#components/ui/state-tag'
import type { Tone } from '#components/ui/tone'
import type { PreFlightView } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

type Outcome = PreFlightView['findings'][number]['outcome']

const words: Readonly<Record<Outcome, { word: string; tone: Tone }>> = {
  blocks: { word: 'blocks', tone: 'bad' },
  differs: { word: 'differs', tone: 'warn' },
  dropped: { word: 'dropped', tone: 'warn' },
  translated: { word: 'translated', tone: 'info' },
  unused: { word: 'not used', tone: 'neutral' },
}

/** What the traffic meets at the target; what nobody uses stands folded away. */
export function PreFlightList({ flight }: { flight: PreFlightView }) {
  const used = flight.findings.filter(({ outcome }) => outcome !== 'unused')
  const unused = flight.findings.filter(({ outcome }) => outcome === 'unused')
  return (
    <div className={classes.flight}>
      <div className={classes.headline}>
        <StateTag tone={flight.passes ? 'good' : 'bad'}>
          {flight.passes ? 'The target takes the traffic' : 'The target fails the pre-flight'}
        </StateTag>
        <span className={classes.soft}>
          {flight.requests === 0
            ? 'No request of the last 7 days to look at.'
            : `Held against ${formatCount(flight.requests)} requests of the last 7 days.`}
        </span>
      </div>
      <Findings findings={used} />
      {unused.length > 0 ? (
        <details className={classes.decided}>
          <summary>
            {unused.length} {unused.length === 1 ? 'difference' : 'differences'} that no request ran into
          </summary>
          <Findings findings={unused} />
        </details>
      ) : null}
    </div>
  )
}

function Findings({ findings }: { findings: PreFlightView['findings'] }) {
  if (findings.length === 0) return null
  return (
    <ul className={classes.findings}>
      {findings.map(({ feature, deploymentId, outcome, text }) => (
        <li key={`${feature} ${deploymentId} ${outcome}`}>
          <StateTag tone={words[outcome].tone} look="plain">
            {words[outcome].word}
          </StateTag>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
