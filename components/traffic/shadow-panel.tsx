'use client'

import { Skeleton } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type PairDifference, useShadow } from '#components/data/use-shadow'
import { CapModal } from '#components/traffic/cap-modal'
import { differenceWords, dropWords } from '#components/traffic/rollout-words'
import { ShadowPairs } from '#components/traffic/shadow-pairs'
import { ErrorNotice } from '#components/ui/error-notice'
import { formatCost } from '#components/ui/format-cost'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { GuardedButton } from '#components/ui/guarded-button'
import { Meter } from '#components/ui/meter'
import { RelativeTime } from '#components/ui/relative-time'
import { StateTag } from '#components/ui/state-tag'
import type { RolloutView } from '#lib/contracts/rollouts'
import type { ShadowView } from '#lib/contracts/shadow'
import { isEnded } from '#lib/traffic/rollout-state'
import classes from './shadow.module.css'

/** What the candidate would have answered: how alike, where not, and what it has cost to know. */
export function ShadowPanel({ rollout }: { rollout: RolloutView }) {
  const { data, error, refetch } = useShadow(rollout.id)
  const [difference, setDifference] = useState<PairDifference | null>(null)
  return (
    <section className={classes.shadow} aria-label="Shadow">
      <h3>Shadow: the candidate’s answers beside the baseline’s</h3>
      {data ? (
        <>
          <Figures shadow={data} rollout={rollout} />
          <Differences shadow={data} chosen={difference} onChoose={setDifference} />
          <Dropped dropped={data.dropped} />
          {data.pairs > 0 ? (
            <ShadowPairs key={difference} rolloutId={rollout.id} difference={difference} />
          ) : null}
        </>
      ) : error ? (
        <ErrorNotice what="The shadow of this rollout" error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={180} role="status" aria-label="Loading the shadow of this rollout" />
      )}
    </section>
  )
}

function Figures({ shadow, rollout }: { shadow: ShadowView; rollout: RolloutView }) {
  const [open, setOpen] = useState(false)
  const { pairs, alike, unbroken, medianDistance, spentPicoUsd, capPicoUsd, capReachedAt } = shadow
  const used = Number(spentPicoUsd) / Number(capPicoUsd)
  return (
    <>
      <dl className={classes.figures}>
        <Figure name="Pairs compared" value={formatCount(pairs)}>
          {medianDistance === null
            ? 'meaning not measured yet'
            : `median distance of meanings ${medianDistance.toFixed(3)}`}
        </Figure>
        <Figure name="Nothing breaks" value={pairs === 0 ? '–' : formatRatio(unbroken / pairs)}>
          {`${formatCount(pairs - unbroken)} of ${formatCount(pairs)} can break a caller`}
        </Figure>
        <Figure name="Alike in all" value={pairs === 0 ? '–' : formatRatio(alike / pairs)}>
          in length and meaning, too
        </Figure>
        <Figure name={`Spent of ${formatCost(capPicoUsd)}`} value={formatCost(spentPicoUsd)}>
          <Meter label="Of the shadow’s cap" used={used} />
          <span className={classes.cap}>
            {capReachedAt === null ? null : (
              <StateTag tone="warn" look="plain">
                <span>
                  stopped at its cap <RelativeTime at={capReachedAt} />
                </span>
              </StateTag>
            )}
            {isEnded(rollout.phase) ? null : (
              <GuardedButton
                needs="operator"
                size="compact-xs"
                variant="default"
                onClick={() => setOpen(true)}
              >
                Change cap
              </GuardedButton>
            )}
          </span>
        </Figure>
      </dl>
      {open ? <CapModal rollout={rollout} shadow={shadow} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function Figure({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong className={classes.value}>{value}</strong>
        <span className={classes.note}>{children}</span>
      </dd>
    </div>
  )
}

interface DifferencesProps {
  shadow: ShadowView
  chosen: PairDifference | null
  onChoose: (difference: PairDifference | null) => void
}

/** One bar for each kind of difference; a click shows its pairs below. */
function Differences({ shadow: { differences, pairs, alike }, chosen, onChoose }: DifferencesProps) {
  if (pairs === 0)
    return (
      <p className={classes.empty}>
        No pair yet: the next sampled request that the baseline answers makes one.
      </p>
    )
  const bars: readonly { name: PairDifference; pairs: number; word: string }[] = [
    ...differences.map((one) => ({ ...one, word: differenceWords[one.name] })),
    { name: 'none', pairs: alike, word: 'no difference' },
  ]
  return (
    <ul className={classes.bars} aria-label="Pairs by difference">
      {bars.map(({ name, word, pairs: count }) => (
        <li key={name}>
          <button
            type="button"
            className={classes.bar}
            aria-pressed={chosen === name}
            onClick={() => onChoose(chosen === name ? null : name)}
          >
            <span>{word}</span>
            <span className={classes.track} aria-hidden>
              <span data-none={name === 'none' || undefined} style={{ width: `${(count / pairs) * 100}%` }} />
            </span>
            <span className={classes.count}>
              {formatCount(count)} · {formatRatio(count / pairs)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Dropped({ dropped }: Pick<ShadowView, 'dropped'>) {
  if (dropped.length === 0) return null
  return (
    <p className={classes.dropped}>
      Not mirrored:{' '}
      {dropped.map(({ why, requests }) => `${formatCount(requests)} (${dropWords[why]})`).join(', ')}.
    </p>
  )
}
