'use client'

import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { ChatRun } from '#components/data/chat-run'
import { formatMs } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import { formatUsdText } from '#components/ui/format-usd-text'
import { QuietLink } from '#components/ui/quiet-link'
import { ScrollRegion } from '#components/ui/scroll-region'
import { StateTag } from '#components/ui/state-tag'
import classes from './playground.module.css'

const states = {
  running: { tone: 'info', word: 'answering' },
  done: { tone: 'good', word: 'done' },
  failed: { tone: 'bad', word: 'failed' },
  stopped: { tone: 'neutral', word: 'stopped' },
} as const

const tabs = [
  { value: 'answer', label: 'Answer' },
  { value: 'headers', label: 'Headers' },
  { value: 'frames', label: 'Raw frames' },
]

/** One answer with what it took. */
export function AnswerCard({ target, run }: { target: string; run: ChatRun }) {
  const [tab, setTab] = useState('answer')
  const header = (name: string) => run.headers.find(([own]) => own === name)?.[1] ?? null
  const requestId = header('x-request-id')
  return (
    <section
      className={classes.answer}
      aria-label={`Answer of ${target}`}
      aria-busy={run.state === 'running'}
    >
      <div className={classes.answerHead}>
        <h3 className={classes.target}>{target}</h3>
        <StateTag tone={states[run.state].tone}>{states[run.state].word}</StateTag>
      </div>
      <Numbers run={run} deployment={header('x-huntaze-deployment')} />
      <div className={classes.answerHead}>
        <SegmentedControl
          aria-label={`What is shown of ${target}`}
          data={tabs}
          value={tab}
          onChange={setTab}
        />
      </div>
      {run.error === null ? null : (
        <p className={classes.error} role="alert">
          {run.error}
        </p>
      )}
      {tab === 'answer' && (run.error === null || run.text !== '') ? (
        <p className={run.state === 'running' ? `${classes.text} ${classes.caret}` : classes.text}>
          {run.text}
        </p>
      ) : null}
      {tab === 'headers' ? (
        <Raw label="Headers" text={headerText(run)} empty="No answer came yet, so there are no headers." />
      ) : null}
      {tab === 'frames' ? (
        <Raw label="Raw frames" text={run.frames.join('\n\n')} empty="No frame has arrived." />
      ) : null}
      {requestId ? (
        <div className={classes.foot}>
          <QuietLink href={`/requests?request=${encodeURIComponent(requestId)}`}>
            What happened to this request
          </QuietLink>
        </div>
      ) : null}
    </section>
  )
}

function Numbers({ run, deployment }: { run: ChatRun; deployment: string | null }) {
  const tokens =
    run.inputTokens === null ? '–' : `${formatCount(run.inputTokens)} / ${formatCount(run.outputTokens ?? 0)}`
  const numbers: readonly (readonly [string, string])[] = [
    ['First token', formatMs(run.firstTokenMs)],
    ['Total', formatMs(run.totalMs)],
    ['Tokens in / out', tokens],
    ['Cost', formatUsdText(run.costUsd)],
    ['Overhead', formatMs(run.overheadMs)],
    ['Served by', servedBy(run, deployment)],
  ]
  return (
    <dl className={classes.numbers}>
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function servedBy(run: ChatRun, deployment: string | null): string {
  if (deployment === null) return '–'
  return run.attempts !== null && run.attempts > 1 ? `${deployment}, attempt ${run.attempts}` : deployment
}

function headerText(run: ChatRun): string {
  if (run.httpStatus === null) return ''
  return [`HTTP ${run.httpStatus}`, ...run.headers.map(([name, value]) => `${name}: ${value}`)].join('\n')
}

function Raw({ label, text, empty }: { label: string; text: string; empty: string }) {
  return (
    <ScrollRegion className={classes.raw} label={label}>
      {text === '' ? empty : text}
    </ScrollRegion>
  )
}
