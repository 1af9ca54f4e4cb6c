import { gateWords } from '#components/traffic/rollout-words'
import { StateTag } from '#components/ui/state-tag'
import type { RolloutView } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

type Gate = NonNullable<RolloutView['verdict']>['gates'][number]

const tones = { met: 'good', waiting: 'neutral', failed: 'bad' } as const

/** What the present step still needs: each condition's value against its limit. */
export function RolloutGates({ gates }: { gates: readonly Gate[] }) {
  return (
    <ul className={classes.gates} aria-label="Gates of this step">
      {gates.map(({ name, status, text, value, limit }) => (
        <li key={name} className={classes.gate}>
          <span className={classes.gateHead}>
            <strong>{gateWords[name]}</strong>
            <StateTag tone={tones[status]} look="plain">
              {status}
            </StateTag>
          </span>
          <span>{text}</span>
          {name === 'requests' || name === 'time' ? (
            <span className={classes.meter} aria-hidden>
              <span style={{ width: `${limit === 0 ? 100 : Math.min(100, (value / limit) * 100)}%` }} />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
