'use client'

import { Select, Text } from '@mantine/core'
import { useDryRun, useThrowSwitch } from '#components/data/use-traffic'
import { describeFleet } from '#components/traffic/switch-words'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { TrafficView } from '#lib/contracts/traffic'
import { rollbackWord } from '#lib/traffic/describe-rollback'
import { describeScope, type SwitchScope } from '#lib/traffic/traffic-config'
import classes from './traffic.module.css'

export interface ThrowSwitchModalProps {
  /** Null while nothing is asked. */
  scope: SwitchScope | null
  view: TrafficView
  onScope: (scope: SwitchScope) => void
  onClose: () => void
}

/** The rollback switch: which traffic, what would happen in numbers, why, and the word that has to be typed. */
export function ThrowSwitchModal({ scope, view, onScope, onClose }: ThrowSwitchModalProps) {
  const act = useThrowSwitch()
  if (scope === null) return null
  const close = () => {
    act.reset()
    onClose()
  }
  const confirmation = rollbackWord(scope)
  const confirm = (reason: string) =>
    act.mutate(
      { scope, reason, confirmation },
      {
        onSuccess: ({ switch: thrown }) => {
          notifyDone('Rolled back', `${describeFleet(thrown.thrown)}.`)
          close()
        },
      },
    )
  return (
    <ReasonModal
      key={confirmation}
      opened
      title="Roll back to the legacy providers"
      effect="The next request of every instance goes to OpenAI and Anthropic; running ones end where they are. It holds until somebody returns it."
      verb="Roll back"
      typedWord={confirmation}
      danger
      busy={act.isPending}
      error={act.error}
      onClose={close}
      onConfirm={confirm}
    >
      <ScopeSelect scope={scope} view={view} onScope={onScope} />
      <Forecast scope={scope} />
    </ReasonModal>
  )
}

/** Everything, a tier, or an operation that was asked for lately. */
function ScopeSelect({
  scope,
  view,
  onScope,
}: Pick<ThrowSwitchModalProps, 'view' | 'onScope'> & { scope: SwitchScope }) {
  const tiers = view.cells.filter(({ tier, operation }) => tier !== '' && operation === null)
  const scopes: SwitchScope[] = [
    { kind: 'all' },
    ...tiers.map(({ tier }): SwitchScope => ({ kind: 'tier', tier })),
    ...view.cells.flatMap(({ tier, operation }): SwitchScope[] =>
      tier === '' || operation === null ? [] : [{ kind: 'operation', tier, operation }],
    ),
  ]
  const options = [...new Map([scope, ...scopes].map((one) => [describeScope(one), one]))]
  return (
    <Select
      label="Traffic"
      data={options
        .map(([words]) => words)
        .toSorted((a, b) => Number(b === 'all traffic') - Number(a === 'all traffic'))}
      value={describeScope(scope)}
      onChange={(words) => {
        const chosen = options.find(([name]) => name === words)?.[1]
        if (chosen) onScope(chosen)
      }}
      allowDeselect={false}
      searchable
    />
  )
}

/** What the dry run says; it moves nothing. */
function Forecast({ scope }: { scope: SwitchScope }) {
  const { data, error } = useDryRun(scope)
  if (error)
    return (
      <Text size="sm" c="var(--c-bad)" role="alert">
        What would happen could not be computed: {error.message} The switch works all the same.
      </Text>
    )
  return (
    <div className={classes.forecast} role="status" aria-label="What would happen">
      {data ? data.sentence : 'Counting the traffic of the last five minutes…'}
      {data && data.warnings.length > 0 ? (
        <ul className={classes.warnings}>
          {data.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
