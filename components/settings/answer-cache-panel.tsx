'use client'

import { Group, Skeleton, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAnswerCache, usePurgeAnswers } from '#components/data/use-answer-cache'
import { AnswerCacheRules } from '#components/settings/answer-cache-rules'
import { WarmUpSection } from '#components/settings/warm-up-section'
import { ErrorNotice } from '#components/ui/error-notice'
import { FactList } from '#components/ui/fact-list'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { formatUsdText } from '#components/ui/format-usd-text'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import type { AnswerCacheView } from '#lib/contracts/answer-cache'
import classes from './settings.module.css'

/** Which answers are given again, and what that saved. */
export function AnswerCachePanel() {
  const { data, error, refetch } = useAnswerCache()
  return (
    <Panel title="Answer cache" hint="last 24 hours, all instances">
      {error ? (
        <ErrorNotice what="The answer cache" error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Stack gap="sm">
          <p className={classes.text}>{routesSentence(data)}</p>
          <FactList facts={factsOf(data)} />
          <PurgeAnswers />
          <AnswerCacheRules settings={data.settings} />
          <WarmUpSection view={data} />
        </Stack>
      ) : (
        <Skeleton height={240} role="status" aria-label="Loading: the answer cache" />
      )}
    </Panel>
  )
}

function routesSentence({ settings: { rules }, store }: AnswerCacheView): string {
  if (rules.length === 0)
    return 'Off: no route gives an answer again. Add a rule for one whose requests repeat themselves.'
  const routes = rules.map(
    ({ model, operation, ttlSeconds }) =>
      `${model}${operation === null ? '' : ` (${operation})`} for ${formatCount(ttlSeconds)} s`,
  )
  const where = store === 'redis' ? 'Redis, shared by all instances' : 'the memory of each instance'
  return `Equal requests of one account get the same answer at ${routes.join(', ')}. Kept in ${where}.`
}

/** As the room is set. */
function mebibytes(bytes: number): string {
  const size = bytes / 1_048_576
  return size < 10 && !Number.isInteger(size) ? size.toFixed(2) : formatCount(Math.round(size))
}

function factsOf({ size, ...view }: AnswerCacheView): (readonly [string, string])[] {
  return [
    ['Hit rate', formatRatio(view.hitRatio)],
    ['Hits', formatCount(view.hits)],
    ['Misses', formatCount(view.misses)],
    ['Bypassed', formatCount(view.bypasses)],
    ['Repeated in an outage', formatCount(view.stale)],
    ['Saved cost', formatUsdText(view.savedUsd)],
    ['Kept answers', size ? formatCount(size.entries) : 'the store does not answer'],
    ['Size', size ? `${mebibytes(size.bytes)} of ${mebibytes(size.maxBytes)} MiB` : '–'],
    ['Evictions since the start', size ? formatCount(size.evictions) : '–'],
  ]
}

function PurgeAnswers() {
  const [asking, setAsking] = useState(false)
  const [account, setAccount] = useState('')
  const purge = usePurgeAnswers()
  const accountId = account.trim() === '' ? null : account.trim()
  const close = () => {
    purge.reset()
    setAsking(false)
  }
  const confirm = (reason: string) =>
    purge.mutate(
      { accountId, reason },
      {
        onSuccess: () => {
          notifyDone('Kept answers are thrown away', accountId ?? 'Of every account.')
          setAccount('')
          close()
        },
      },
    )
  return (
    <Group>
      <GuardedButton needs="operator" variant="default" onClick={() => setAsking(true)}>
        Purge kept answers
      </GuardedButton>
      <ReasonModal
        opened={asking}
        title="Purge kept answers"
        effect={`The next request of ${accountId ?? 'every account'} asks a provider again, on every instance.`}
        verb="Purge"
        danger
        busy={purge.isPending}
        error={purge.error}
        onClose={close}
        onConfirm={confirm}
      >
        <TextInput
          label="Account"
          description="Empty = every account."
          value={account}
          maxLength={100}
          onChange={(event) => setAccount(event.currentTarget.value)}
        />
      </ReasonModal>
    </Group>
  )
}
