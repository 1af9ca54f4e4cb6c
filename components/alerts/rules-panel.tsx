'use client'

import { Button, Skeleton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { severityTones } from '#components/alerts/alert-words'
import { RuleModal } from '#components/alerts/rule-modal'
import { useAlertRules } from '#components/data/use-alerts'
import { useUrlParams } from '#components/data/use-url-params'
import { type Column, DataTable } from '#components/ui/data-table'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { StateTag } from '#components/ui/state-tag'
import { describeCondition } from '#lib/alerts/describe-condition'
import type { AlertRuleView } from '#lib/contracts/alerts'
import classes from './alerts.module.css'

/** Every rule with its condition; a click changes it. */
export function RulesPanel() {
  const { data, error, refetch } = useAlertRules()
  const { get, set } = useUrlParams()
  const asked = get('rule')
  const chosen = data?.rules.find(({ rule }) => rule.id === asked) ?? null
  const on = data?.rules.filter(({ rule }) => rule.enabled).length
  return (
    <Panel
      title="Rules"
      hint={data ? `${on} of ${data.rules.length} on` : undefined}
      flush
      actions={
        <GuardedButton
          needs="operator"
          leftSection={<IconPlus size={14} />}
          onClick={() => set({ rule: 'new' })}
        >
          New rule
        </GuardedButton>
      }
    >
      {data ? (
        <DataTable
          label="Alert rules"
          columns={columns((id) => set({ rule: id }))}
          rows={data.rules}
          rowKey={({ rule }) => rule.id}
        />
      ) : null}
      {!data && error ? <ErrorNotice what="The rules" error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? (
        <Skeleton height={400} radius={0} role="status" aria-label="Loading the rules" />
      ) : null}
      {data && asked !== null && (chosen || asked === 'new') ? (
        <RuleModal key={asked} view={chosen} metrics={data.metrics} onClose={() => set({ rule: null })} />
      ) : null}
    </Panel>
  )
}

function columns(onOpen: (id: string) => void): readonly Column<AlertRuleView>[] {
  return [
    {
      id: 'name',
      label: 'Rule',
      sortBy: ({ rule }) => rule.name,
      render: ({ rule }) => (
        <span title={rule.about}>
          <strong>{rule.name}</strong>
        </span>
      ),
    },
    {
      id: 'severity',
      label: 'Severity',
      sortBy: ({ rule }) => rule.severity,
      render: ({ rule }) => (
        <StateTag tone={severityTones[rule.severity]} look="plain">
          {rule.severity}
        </StateTag>
      ),
    },
    {
      id: 'condition',
      label: 'Fires when',
      render: ({ rule }) => <span className={classes.mono}>{describeCondition(rule)}</span>,
    },
    {
      id: 'per',
      label: 'One alert per',
      render: ({ rule }) => <span className={classes.soft}>{rule.groupBy.join(', ') || 'all together'}</span>,
    },
    {
      id: 'state',
      label: 'State',
      sortBy: ({ rule }) => Number(rule.enabled),
      render: ({ rule, changed, builtIn }) => (
        <StateTag tone={rule.enabled ? 'good' : 'neutral'} look="plain">
          {rule.enabled ? 'on' : 'off'}
          {changed ? ', changed' : builtIn ? '' : ', own'}
        </StateTag>
      ),
    },
    {
      id: 'edit',
      label: 'Action',
      render: ({ rule }) => (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onOpen(rule.id)}
          aria-label={`Open ${rule.name}`}
        >
          Open
        </Button>
      ),
    },
  ]
}
