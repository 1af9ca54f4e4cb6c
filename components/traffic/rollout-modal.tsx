'use client'

import { Checkbox, Skeleton, Stack, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useDeployments } from '#components/data/use-deployments'
import { useCreateRollout, usePreFlight } from '#components/data/use-rollouts'
import { PreFlightList } from '#components/traffic/pre-flight-list'
import {
  draftBody,
  draftRoute,
  hasShadow,
  type RolloutDraft,
  type RolloutWish,
  wishedDraft,
} from '#components/traffic/rollout-draft'
import { GuardrailFields, RouteFields, StepFields } from '#components/traffic/rollout-fields'
import { chainWords, scopeWords } from '#components/traffic/rollout-words'
import { ShadowFields } from '#components/traffic/shadow-fields'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { RolloutsView } from '#lib/contracts/rollouts'

export interface RolloutModalProps {
  tiers: RolloutsView['tiers']
  /** What the link to it asks for. */
  wish: RolloutWish
  onClose: () => void
}

/** Makes a rollout; the pre-flight of its target is shown before the button. */
export function RolloutModal({ tiers, wish, onClose }: RolloutModalProps) {
  const [draft, setDraft] = useState(() => wishedDraft(tiers, wish))
  const { data } = useDeployments()
  const create = useCreateRollout()
  const confirm = (reason: string) =>
    create.mutate(draftBody(draft, reason), {
      onSuccess: () => {
        notifyDone(
          draft.start ? 'The rollout is started' : 'The rollout is made',
          draft.start ? 'Every instance obeys within a second.' : 'It moves nothing until it is started.',
        )
        onClose()
      },
    })
  return (
    <ReasonModal
      opened
      size="xl"
      title="New rollout"
      effect={effectOf(draft, tiers)}
      verb={draft.start ? 'Start rollout' : 'Make rollout'}
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onConfirm={confirm}
    >
      <Stack gap="sm">
        <RouteFields
          draft={draft}
          onChange={setDraft}
          tiers={tiers}
          deployments={(data?.deployments ?? []).map(({ id }) => id)}
        />
        <PreFlightOf draft={draft} />
        <StepFields draft={draft} onChange={setDraft} />
        {hasShadow(draft) ? (
          <ShadowFields
            shadow={draft.shadow}
            tiers={tiers.map(({ name }) => name)}
            onChange={(shadow) => setDraft({ ...draft, shadow })}
          />
        ) : null}
        <GuardrailFields draft={draft} onChange={setDraft} />
        {draft.baseline === 'legacy' ? (
          <TextInput
            label="Days at 100 % before the old providers may be retired"
            description="Without an alert."
            inputMode="decimal"
            value={draft.retireAfterDays}
            onChange={(event) => setDraft({ ...draft, retireAfterDays: event.currentTarget.value })}
          />
        ) : null}
        <Checkbox
          label="Start at once"
          checked={draft.start}
          onChange={(event) => setDraft({ ...draft, start: event.currentTarget.checked })}
        />
      </Stack>
    </ReasonModal>
  )
}

function PreFlightOf({ draft }: { draft: RolloutDraft }) {
  const [route] = useDebouncedValue(draftRoute(draft), 300)
  const { data, error } = usePreFlight(route.tier === '' ? null : route)
  if (error) return <p role="alert">{error.message}</p>
  return data ? (
    <PreFlightList flight={data} />
  ) : (
    <Skeleton height={48} role="status" aria-label="Loading the pre-flight" />
  )
}

function effectOf(draft: RolloutDraft, tiers: RolloutsView['tiers']): string {
  const tier = tiers.find(({ name }) => name === draft.tier)
  const { operation, candidate } = draftRoute(draft)
  const from = draft.baseline === 'legacy' ? (tier?.legacy ?? []) : (tier?.chain ?? [])
  const scope = scopeWords({ tier: draft.tier, operation })
  const target = chainWords(candidate ?? tier?.chain ?? [])
  if (Number(draft.steps[0]?.percent) === 0) {
    const { samplePercent, capUsd } = draft.shadow
    const mirrored = `${chainWords(from)} serves all of ${scope}, and ${samplePercent} % of its requests are asked of ${target} as well, for at most $${capUsd}.`
    return draft.start ? `At once ${mirrored}` : `Once it is started ${mirrored}`
  }
  const what = `${draft.steps[0]?.percent ?? '?'} % of ${scope} goes to ${target}, the rest to ${chainWords(from)}.`
  return draft.start ? `At once ${what}` : `Once it is started ${what}`
}
