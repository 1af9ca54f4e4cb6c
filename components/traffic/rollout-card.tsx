'use client'

import { Skeleton } from '@mantine/core'
import { useRollout } from '#components/data/use-rollouts'
import { PreFlightList } from '#components/traffic/pre-flight-list'
import { RolloutActions } from '#components/traffic/rollout-actions'
import { RolloutEvents } from '#components/traffic/rollout-events'
import { RolloutEvidence } from '#components/traffic/rollout-evidence'
import { RolloutGates } from '#components/traffic/rollout-gates'
import { RolloutGuardrails } from '#components/traffic/rollout-guardrails'
import { RolloutSteps } from '#components/traffic/rollout-steps'
import { chainWords, phaseWords, shareWords } from '#components/traffic/rollout-words'
import { ShadowPanel } from '#components/traffic/shadow-panel'
import { Disclosure } from '#components/ui/disclosure'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCount } from '#components/ui/format-number'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { RolloutView } from '#lib/contracts/rollouts'
import classes from './rollouts.module.css'

/** Somebody has to look at why. */
const attention: readonly RolloutView['phase'][] = ['held', 'awaiting_approval', 'rolled_back']

/**
 * One rollout: where it stands, what it waits for, what can be done, and how it came to that. Of several the reasons are folded
 * away until one of them wants somebody's attention.
 */
export function RolloutCard({ rollout, isChosen }: { rollout: RolloutView; isChosen: boolean }) {
  const { phase, weightBps, baselineChain, candidateChain, requests, verdict, reason, changedAt } = rollout
  const isMirroring = verdict !== null && weightBps === 0
  return (
    <div className={classes.card}>
      <div className={classes.headline}>
        <StateTag tone={phaseWords[phase].tone} look={phase === 'rolled_back' ? 'solid' : 'soft'}>
          {phaseWords[phase].word}
        </StateTag>
        {isMirroring ? (
          <span>
            <strong className={classes.number}>{shareWords(rollout.plan.shadow.sampleBps)}</strong> mirrored
            to <span className={classes.canary}>{chainWords(candidateChain)}</span>, all served by{' '}
            <span className={classes.legacy}>{chainWords(baselineChain)}</span>
          </span>
        ) : (
          <span>
            <strong className={classes.number}>{shareWords(weightBps)}</strong> to{' '}
            <span className={classes.canary}>{chainWords(candidateChain)}</span>, the rest to{' '}
            <span className={classes.legacy}>{chainWords(baselineChain)}</span>
          </span>
        )}
        <span className={classes.when}>
          {formatCount(requests.candidate)} requests against {formatCount(requests.baseline)}; changed{' '}
          <RelativeTime at={changedAt} />
        </span>
      </div>
      <p className={classes.sentence}>{phase === 'running' && verdict ? verdict.reason : reason}</p>
      <RolloutSteps rollout={rollout} />
      <RolloutActions rollout={rollout} />
      {verdict ? <RolloutGates gates={verdict.gates} /> : null}
      <Disclosure label="Guardrails, evidence and history" initially={isChosen || attention.includes(phase)}>
        {verdict ? <RolloutGuardrails guardrails={verdict.guardrails} /> : null}
        {rollout.plan.steps[0]?.weightBps === 0 && rollout.startedAt !== null ? (
          <ShadowPanel rollout={rollout} />
        ) : null}
        <RolloutHistory rollout={rollout} />
      </Disclosure>
    </div>
  )
}

function RolloutHistory({ rollout }: { rollout: RolloutView }) {
  const { data, error, refetch } = useRollout(rollout.id)
  if (!data)
    return error ? (
      <ErrorNotice what="The history of this rollout" error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={220} role="status" aria-label="Loading the history of this rollout" />
    )
  return (
    <>
      <section className={classes.part}>
        <h3>Evidence of harm against the limit</h3>
        <RolloutEvidence readings={data.readings} />
      </section>
      <section className={classes.part}>
        <h3>History</h3>
        <RolloutEvents events={data.events} />
      </section>
      <details className={classes.decided}>
        <summary>Pre-flight when it was made</summary>
        <PreFlightList flight={data.preFlight} />
      </details>
    </>
  )
}
