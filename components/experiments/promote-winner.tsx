'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { usePromoteVariant } from '#components/data/use-experiments'
import { GuardedButton } from '#components/ui/guarded-button'
import { QuietLink } from '#components/ui/quiet-link'
import { ReasonModal } from '#components/ui/reason-modal'
import type { ExperimentDetail } from '#lib/contracts/experiments'
import { isOfRequests } from '#lib/experiments/variant-changes'

/** A winner reaches everybody by a rollout; its prompt and parameters become a model version for it. */
export function PromoteWinner({ experiment }: { experiment: ExperimentDetail }) {
  const { plan, decision, rolloutId } = experiment
  const winner = plan.variants.find(({ name }) => name === decision)
  if (rolloutId)
    return (
      <QuietLink
        href={`/traffic?rollout=${rolloutId}`}
      >{`Rollout ${rolloutId} brings it to everybody`}</QuietLink>
    )
  if (!winner || winner.name === plan.variants[0]?.name) return <>Everything stays as it is.</>
  if (isOfRequests(winner.overrides))
    return plan.target.tier === null ? (
      <>It was on every tier: put its prompt and parameters into the requests of the app.</>
    ) : (
      <MakeVersion experiment={experiment} />
    )
  if (winner.overrides.chain.length === 0) return <>It changes nothing that could be brought to everybody.</>
  return (
    <QuietLink href={rolloutHref(experiment, winner.overrides.chain.flat())}>
      Open a rollout that brings it to everybody
    </QuietLink>
  )
}

function MakeVersion({ experiment }: { experiment: ExperimentDetail }) {
  const [isAsked, setAsked] = useState(false)
  const promote = usePromoteVariant()
  const router = useRouter()
  const confirm = (reason: string) =>
    promote.mutate(
      { id: experiment.id, reason },
      { onSuccess: ({ candidate }) => router.push(rolloutHref(experiment, candidate)) },
    )
  return (
    <>
      <GuardedButton needs="operator" variant="default" size="compact-sm" onClick={() => setAsked(true)}>
        Make it a version and open a rollout
      </GuardedButton>
      <ReasonModal
        opened={isAsked}
        title="Make the winner a version"
        effect="Its prompt and parameters become a model version in front of what serves the tier; nobody’s traffic moves yet. Then the form of a rollout opens."
        verb="Make it a version"
        busy={promote.isPending}
        error={promote.error}
        onClose={() => setAsked(false)}
        onConfirm={confirm}
      />
    </>
  )
}

function rolloutHref({ id, plan: { target } }: ExperimentDetail, candidate: readonly string[]): string {
  const query = new URLSearchParams({
    create: 'rollout',
    experiment: id,
    candidate: candidate.join(','),
    ...(target.tier ? { tier: target.tier } : {}),
    ...(target.operation ? { operation: target.operation } : {}),
  })
  return `/traffic?${query}`
}
