import { IconCheck } from '@tabler/icons-react'
import { shareWords } from '#components/traffic/rollout-words'
import { formatMs } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import type { RolloutView } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

/** The steps of a rollout, with the one at which it is. */
export function RolloutSteps({ rollout }: { rollout: RolloutView }) {
  const { plan, phase, step: present } = rollout
  const ended = phase === 'rolled_back' || phase === 'retired'
  const started = rollout.stepSince !== null
  return (
    <ol className={classes.steps} aria-label="Steps">
      {plan.steps.map(({ weightBps, needsApproval, gate }, index) => {
        const passed = started && (index < present || (phase === 'completed' && index === present))
        const current = started && !ended && index === present && phase !== 'completed'
        return (
          <li
            key={weightBps}
            className={classes.step}
            data-state={passed ? 'passed' : current ? 'current' : 'ahead'}
            aria-current={current ? 'step' : undefined}
          >
            <span className={classes.share}>
              {passed ? <IconCheck size={14} aria-label="passed" /> : null}
              {weightBps === 0 ? 'shadow' : shareWords(weightBps)}
            </span>
            <span className={classes.soft}>
              {formatCount(gate.minimumRequests)} requests
              {gate.minimumMs === 0 ? '' : `, ${formatMs(gate.minimumMs)}`}
              {needsApproval ? ', by approval' : ''}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
