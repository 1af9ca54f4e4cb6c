'use client'

import { useTraining, useTrainingDeed } from '#components/data/use-fine-tuning'
import { JobFields } from '#components/models/job-fields'
import { useFields } from '#components/models/use-fields'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { ModelsView } from '#lib/contracts/models'
import { createJobBody } from '#lib/contracts/training'
import { tuningProblem } from '#lib/models/tunable-models'

interface CreateJobProps {
  view: ModelsView
  opened: boolean
  onClose: () => void
}

/** Begins a fine-tuning job: from what, with whose examples, and where the result is deployed. */
export function CreateJobModal({ view, opened, onClose }: CreateJobProps) {
  const consents = useTraining().data?.consents ?? []
  const fields = useFields()
  const { value, problem } = fields
  const deed = useTrainingDeed()
  const today = new Date().toISOString().slice(0, 10)
  const bases = view.versions.filter(
    ({ kind, provider, model }) =>
      kind === 'base' && provider === 'azure-openai' && tuningProblem(model, today) === null,
  )
  const accountId = value('accountId', consents[0]?.accountId)
  const close = () => {
    deed.reset()
    fields.reset()
    onClose()
  }
  const confirm = (reason: string) => {
    const body = fields.check(createJobBody, {
      ...{ name: value('name'), accountId, creatorId: value('creatorId') || null, reason },
      ...{ baseVersionId: value('base', bases[0]?.id), region: value('region', view.regions[0]) },
      ...{
        units: Number(value('units', '10')),
        epochs: value('epochs') === '' ? null : Number(value('epochs')),
      },
      heldOutBps: Math.round(Number(value('heldOut', '20')) * 100),
    })
    if (!body) return
    deed.mutate(
      { kind: 'create', body },
      {
        onSuccess: () => {
          notifyDone('The job has begun', 'It goes on by itself; its progress stands in the list.')
          close()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened={opened}
      title="Fine-tune a model"
      effect="Learns from consented examples, deploys the result and compares it with its base. No traffic moves; the deployment is charged while it stands."
      verb="Begin"
      busy={deed.isPending}
      error={problem ?? deed.error}
      onClose={close}
      onConfirm={confirm}
    >
      <JobFields view={view} bases={bases} consents={consents} accountId={accountId} {...fields} />
    </ReasonModal>
  )
}
