'use client'

import { Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useWarmUpDeed, useWarmUps } from '#components/data/use-answer-cache'
import { useHasRole } from '#components/data/use-me'
import { AddWarmUpModal } from '#components/settings/add-warm-up-modal'
import { WarmRun } from '#components/settings/warm-run'
import { type Column, DataTable } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AnswerCacheView, WarmUpView } from '#lib/contracts/answer-cache'
import classes from './settings.module.css'

type Doing = { kind: 'add' } | { kind: 'order' } | { kind: 'remove'; item: WarmUpView } | null

/** Requests whose answers are there before anybody asks, and how far their warm-up is. */
export function WarmUpSection({ view }: { view: AnswerCacheView }) {
  const list = useWarmUps({ enabled: useHasRole('operator') })
  const [doing, setDoing] = useState<Doing>(null)
  const items = list.data?.items ?? []
  return (
    <section aria-label="Warm-up">
      <h3 className={classes.heading}>Warm-up</h3>
      <p className={classes.text}>{sentence(view)}</p>
      {view.warmRuns.map((run) => (
        <WarmRun key={run.holder} run={run} />
      ))}
      {items.length > 0 ? (
        <DataTable
          label="Warm-up list"
          columns={columns((item) => setDoing({ kind: 'remove', item }))}
          rows={items}
          rowKey={({ id }) => id}
        />
      ) : null}
      <Group gap="xs" mt="xs">
        <GuardedButton
          needs="operator"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setDoing({ kind: 'add' })}
        >
          Add a request
        </GuardedButton>
        <GuardedButton
          needs="operator"
          variant="default"
          disabled={view.warmUps === 0}
          onClick={() => setDoing({ kind: 'order' })}
        >
          Warm up now
        </GuardedButton>
      </Group>
      {doing?.kind === 'add' ? <AddWarmUpModal onClose={() => setDoing(null)} /> : null}
      {doing?.kind === 'order' || doing?.kind === 'remove' ? (
        <WarmUpDeedModal item={doing.kind === 'remove' ? doing.item : null} onClose={() => setDoing(null)} />
      ) : null}
    </section>
  )
}

function sentence({ warmUps, store }: AnswerCacheView): string {
  if (warmUps === 0)
    return 'No request is on the list. Those on it are asked when an instance starts and after a purge.'
  const requests = warmUps === 1 ? 'One request is' : `${warmUps} requests are`
  const where = store === 'redis' ? 'once for all instances' : 'by each instance for itself'
  return `${requests} asked at the start and after a purge, ${where}; the accounts of their keys pay.`
}

/** Has the list asked, or takes one request off it. */
function WarmUpDeedModal({ item, onClose }: { item: WarmUpView | null; onClose: () => void }) {
  const deed = useWarmUpDeed()
  return (
    <ReasonModal
      opened
      title={item ? 'Take a request off the list' : 'Warm up now'}
      effect={
        item
          ? 'It is not asked at the next warm-up; an answer that is kept stays until its time is over.'
          : 'Every request of the list whose answer is not kept is asked of a provider, and its account pays for it.'
      }
      verb={item ? 'Take off' : 'Warm up'}
      busy={deed.isPending}
      error={deed.error}
      onClose={onClose}
      onConfirm={(reason) =>
        deed.mutate(item ? { kind: 'remove', id: item.id, reason } : { kind: 'order', reason }, {
          onSuccess: () => {
            if (item) notifyDone('The request is off the list', item.text)
            else notifyDone('The warm-up begins', 'Its progress is shown here.')
            onClose()
          },
        })
      }
    />
  )
}

function columns(onRemove: (item: WarmUpView) => void): readonly Column<WarmUpView>[] {
  return [
    {
      id: 'text',
      label: 'Request',
      render: ({ text, model, operation, keyName, skippedBecause }) => (
        <>
          {text}
          <div className={classes.subline}>
            {operation === null ? model : `${model} (${operation})`}, as {keyName}
          </div>
          {skippedBecause === null ? null : <div className={classes.skipped}>Skipped: {skippedBecause}</div>}
        </>
      ),
    },
    {
      id: 'remove',
      label: '',
      render: (item) => (
        <GuardedButton
          needs="operator"
          variant="subtle"
          size="compact-xs"
          aria-label={`Remove “${item.text}” from the list`}
          onClick={() => onRemove(item)}
        >
          Remove
        </GuardedButton>
      ),
    },
  ]
}
