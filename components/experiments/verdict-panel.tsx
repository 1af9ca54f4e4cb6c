'use client'

import { Button } from '@mantine/core'
import { IconDownload, IconFlagCheck, IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { phaseTones, scopeOf, verdictOf } from '#components/experiments/experiment-words'
import { type Move, MoveModal } from '#components/experiments/move-modal'
import { PromoteWinner } from '#components/experiments/promote-winner'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { StateTag } from '#components/ui/state-tag'
import type { ExperimentDetail } from '#lib/contracts/experiments'
import { showSpan } from '#lib/experiments/describe-reading'
import classes from './experiments.module.css'

/** May I ship it? The verdict in words, what is missing, and what can be done. */
export function VerdictPanel({ experiment }: { experiment: ExperimentDetail }) {
  const [move, setMove] = useState<Move | null>(null)
  const { reading, phase, plan } = experiment
  const verdict = reading ? verdictOf(reading) : null
  return (
    <Panel
      title={experiment.name}
      hint={<StateTag tone={phaseTones[phase]}>{phase}</StateTag>}
      actions={<Actions experiment={experiment} onMove={setMove} />}
    >
      <div className={classes.verdict} aria-live="polite">
        {verdict ? <StateTag tone={verdict.tone}>{verdict.words}</StateTag> : null}
        <p className={classes.sentence}>
          {reading?.sentence ?? 'A draft: nobody is in it yet. Start it when its variants are what you want.'}
        </p>
        {reading?.missing ? <p className={classes.soft}>{`Missing: ${reading.missing}`}</p> : null}
        {experiment.decision ? (
          <p className={classes.sentence}>
            {`Decided for ${experiment.decision}. `}
            <PromoteWinner experiment={experiment} />
          </p>
        ) : null}
        {plan.hypothesis ? <p className={classes.soft}>{`Expected: ${plan.hypothesis}`}</p> : null}
        <p className={classes.soft}>{scopeOf(experiment)}</p>
        {reading ? <PowerLine experiment={experiment} /> : null}
      </div>
      {move ? <MoveModal experiment={experiment} move={move} onClose={() => setMove(null)} /> : null}
    </Panel>
  )
}

function Actions(props: { experiment: ExperimentDetail; onMove: (move: Move) => void }) {
  const { experiment, onMove } = props
  const { phase } = experiment
  return (
    <>
      <Button
        component="a"
        href={`/api/admin/experiments/${encodeURIComponent(experiment.id)}/metrics.csv`}
        download
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
      >
        CSV
      </Button>
      {phase === 'draft' ? (
        <>
          <GuardedButton
            needs="operator"
            variant="default"
            leftSection={<IconTrash size={14} aria-hidden />}
            onClick={() => onMove('discard')}
          >
            Discard
          </GuardedButton>
          <GuardedButton
            needs="operator"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            onClick={() => onMove('start')}
          >
            Start
          </GuardedButton>
        </>
      ) : null}
      {phase === 'running' ? (
        <GuardedButton
          needs="operator"
          variant="default"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          onClick={() => onMove('stop')}
        >
          Stop
        </GuardedButton>
      ) : null}
      {phase === 'running' || phase === 'stopped' ? (
        <GuardedButton
          needs="operator"
          leftSection={<IconFlagCheck size={14} aria-hidden />}
          onClick={() => onMove('conclude')}
        >
          Conclude
        </GuardedButton>
      ) : null}
    </>
  )
}

function PowerLine({ experiment: { reading, plan } }: { experiment: ExperimentDetail }) {
  const power = reading?.treatments.map((one) => one.power).find((one) => one !== null)
  if (!power) return null
  const percent = Math.round(power.power * 100)
  const rest =
    power.remainingMs === null || power.remainingMs === 0 ? '' : `, about ${showSpan(power.remainingMs)} more`
  return (
    <p className={classes.soft}>
      {`Power: ${percent} % to notice a change of ${plan.minimumEffect * 100} % by now; ${formatCount(power.units)} of about ${formatCount(power.unitsNeeded)} units for ${Math.round(plan.power * 100)} %${rest}.`}
    </p>
  )
}
