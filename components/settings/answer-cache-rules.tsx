'use client'

import { Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useUpdateSettings } from '#components/data/use-settings'
import { CacheLimitsModal } from '#components/settings/cache-limits-modal'
import { CacheRuleModal } from '#components/settings/cache-rule-modal'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCount } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AnswerCacheRule, AnswerCacheSettings } from '#lib/gateway/answer-cache-rules'
import classes from './settings.module.css'

type Editing =
  | { kind: 'rule'; index: number | null }
  | { kind: 'remove'; index: number }
  | { kind: 'limits' }
  | null

/** Which routes keep answers, and how much room these may take. */
export function AnswerCacheRules({ settings }: { settings: AnswerCacheSettings }) {
  const [editing, setEditing] = useState<Editing>(null)
  const update = useUpdateSettings()
  const { rules } = settings
  const close = () => {
    update.reset()
    setEditing(null)
  }
  const save = (change: Partial<AnswerCacheSettings>, reason: string) =>
    update.mutate(
      { answerCache: { ...settings, ...change }, reason },
      {
        onSuccess: () => {
          notifyDone('The answer cache is changed', 'Every instance obeys within a second.')
          close()
        },
      },
    )
  const shared = { busy: update.isPending, error: update.error, onClose: close }
  return (
    <section aria-label="Rules of the answer cache">
      <h3 className={classes.heading}>Rules</h3>
      {rules.length > 0 ? (
        <DataTable
          label="Rules of the answer cache"
          columns={columns(rules, setEditing)}
          rows={rules}
          rowKey={routeOf}
        />
      ) : null}
      <Group gap="xs" mt="xs">
        <GuardedButton
          needs="admin"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setEditing({ kind: 'rule', index: null })}
        >
          Add a rule
        </GuardedButton>
        <GuardedButton needs="admin" variant="default" onClick={() => setEditing({ kind: 'limits' })}>
          Change room and warm-up cost
        </GuardedButton>
      </Group>
      {editing?.kind === 'rule' ? (
        <CacheRuleModal
          {...shared}
          rule={editing.index === null ? null : (rules[editing.index] ?? null)}
          onConfirm={(rule, reason) =>
            save(
              {
                rules:
                  editing.index === null
                    ? [...rules, rule]
                    : rules.map((one, at) => (at === editing.index ? rule : one)),
              },
              reason,
            )
          }
        />
      ) : null}
      {editing?.kind === 'limits' ? (
        <CacheLimitsModal {...shared} settings={settings} onConfirm={save} />
      ) : null}
      <ReasonModal
        {...shared}
        opened={editing?.kind === 'remove'}
        title="Remove a rule"
        effect={`Requests of ${editing?.kind === 'remove' ? routeWords(rules[editing.index]) : ''} always ask a provider from then on.`}
        verb="Remove rule"
        onConfirm={(reason) => {
          if (editing?.kind === 'remove')
            save({ rules: rules.filter((_, at) => at !== editing.index) }, reason)
        }}
      />
    </section>
  )
}

function routeOf({ model, operation }: AnswerCacheRule): string {
  return JSON.stringify([model, operation])
}

function routeWords(rule: AnswerCacheRule | undefined): string {
  if (!rule) return ''
  return rule.operation === null ? rule.model : `${rule.model}, operation ${rule.operation}`
}

function columns(
  rules: readonly AnswerCacheRule[],
  onEdit: (editing: Editing) => void,
): readonly Column<AnswerCacheRule>[] {
  return [
    {
      id: 'route',
      label: 'Route',
      sortBy: routeWords,
      render: ({ model, operation }) => (
        <>
          {model}
          <div className={classes.subline}>{operation ?? 'every other operation'}</div>
        </>
      ),
    },
    {
      id: 'ttl',
      label: 'Kept, s',
      numeric: true,
      sortBy: ({ ttlSeconds }) => ttlSeconds,
      render: ({ ttlSeconds }) => formatCount(ttlSeconds),
    },
    {
      id: 'temperature',
      label: 'Temp. ≤',
      numeric: true,
      sortBy: ({ maxTemperature }) => maxTemperature,
      render: ({ maxTemperature }) => String(maxTemperature),
    },
    {
      id: 'deeds',
      label: '',
      render: (rule) => (
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <GuardedButton
            needs="admin"
            variant="subtle"
            size="compact-xs"
            aria-label={`Edit the rule of ${routeWords(rule)}`}
            onClick={() => onEdit({ kind: 'rule', index: rules.indexOf(rule) })}
          >
            Edit
          </GuardedButton>
          <GuardedButton
            needs="admin"
            variant="subtle"
            size="compact-xs"
            aria-label={`Remove the rule of ${routeWords(rule)}`}
            onClick={() => onEdit({ kind: 'remove', index: rules.indexOf(rule) })}
          >
            Remove
          </GuardedButton>
        </Group>
      ),
    },
  ]
}
