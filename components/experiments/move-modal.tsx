'use client'

import { Select } from '@mantine/core'
import { useState } from 'react'
import { useExperimentDeed } from '#components/data/use-experiments'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { ExperimentDetail } from '#lib/contracts/experiments'
import type { ExperimentCommand } from '#lib/experiments/experiment-state'

export type Move = ExperimentCommand

const words: Readonly<Record<Move, { title: string; effect: string; verb: string; done: string }>> = {
  start: {
    title: 'Start experiment',
    effect: 'From the next request on, units in its share are served by their variant.',
    verb: 'Start',
    done: 'The experiment runs',
  },
  stop: {
    title: 'Stop experiment',
    effect:
      'From the next request on, everybody is served as if there were no experiment. It cannot be started again.',
    verb: 'Stop',
    done: 'The experiment is stopped',
  },
  conclude: {
    title: 'Conclude experiment',
    effect:
      'Keeps what was decided with the experiment. One that runs is stopped with it; nobody’s traffic moves yet.',
    verb: 'Conclude',
    done: 'The experiment is concluded',
  },
  discard: {
    title: 'Discard draft',
    effect: 'The draft goes for good. Nobody was in it.',
    verb: 'Discard',
    done: 'The draft is gone',
  },
}

const nobody = 'none of them'

/** Starts, stops, concludes or discards an experiment, with a reason. */
export function MoveModal(props: { experiment: ExperimentDetail; move: Move; onClose: () => void }) {
  const { experiment, move, onClose } = props
  const [variant, setVariant] = useState(experiment.reading?.winner ?? nobody)
  const deed = useExperimentDeed()
  const { title, effect, verb, done } = words[move]
  const confirm = (reason: string) =>
    deed.mutate(
      {
        id: experiment.id,
        command: move,
        version: experiment.version,
        reason,
        ...(move === 'conclude' ? { variant: variant === nobody ? null : variant } : {}),
      },
      {
        onSuccess: () => {
          notifyDone(done, 'Every instance obeys within a second.')
          onClose()
        },
      },
    )
  return (
    <ReasonModal
      opened
      title={title}
      effect={effect}
      verb={verb}
      danger={move === 'discard'}
      busy={deed.isPending}
      error={deed.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      {move === 'conclude' ? (
        <Select
          label="Decided for"
          data={[nobody, ...experiment.plan.variants.map(({ name }) => name)]}
          value={variant}
          onChange={(value) => setVariant(value ?? nobody)}
          allowDeselect={false}
        />
      ) : null}
    </ReasonModal>
  )
}
