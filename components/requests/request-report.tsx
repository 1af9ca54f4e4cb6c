'use client'

import { Button } from '@mantine/core'
import { IconMessage2Code } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { RequestFeedback } from '#components/requests/request-feedback'
import { RequestText } from '#components/requests/request-text'
import { SpanWaterfall } from '#components/requests/span-waterfall'
import { CopyIconButton, CopyId } from '#components/ui/copy-id'
import { errorTitle } from '#components/ui/error-title'
import { FactList } from '#components/ui/fact-list'
import { formatCost } from '#components/ui/format-cost'
import { formatMs, formatUs } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import { formatExactTime } from '#components/ui/format-time'
import { OutcomeTag } from '#components/ui/outcome-tag'
import { QuietLink } from '#components/ui/quiet-link'
import type { RequestDetail } from '#lib/contracts/requests'
import classes from './request-report.module.css'

/** What happened to one request, why it went where it went, and what it cost. */
export function RequestReport({ request }: { request: RequestDetail }) {
  return (
    <div className={classes.report}>
      <Head request={request} />
      <Numbers request={request} />
      <Section title="Trace">
        <SpanWaterfall request={request} />
      </Section>
      <Section title="Why it went there">
        <PlanReasons request={request} />
      </Section>
      <div className={classes.columns}>
        <Section title="Tokens and cost">
          <TokenFacts request={request} />
        </Section>
        <Section title="From whom">
          <CallerFacts request={request} />
        </Section>
      </div>
      <Section title="Prompt and answer">
        <RequestText request={request} />
      </Section>
      <Section title="Feedback">
        <RequestFeedback feedback={request.feedback} />
      </Section>
      <Section title="Identifiers">
        <FactList
          facts={[
            ['Request', <CopyId key="id" value={request.id} label="request id" />],
            [
              'Correlation',
              <CopyId key="correlation" value={request.correlationId} label="correlation id" />,
            ],
            ['Trace', <CopyId key="trace" value={request.traceId} label="trace id" />],
          ]}
        />
      </Section>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className={classes.heading}>{title}</h3>
      {children}
    </section>
  )
}

function Head({ request }: { request: RequestDetail }) {
  const target = new URLSearchParams({ model: request.requestedModel, request: request.id })
  return (
    <div className={classes.head}>
      <div className={classes.headText}>
        <span className={classes.headLine}>
          <OutcomeTag outcome={request.outcome} />
          <strong>{request.operation}</strong>
          {request.errorCode ? <span>{errorTitle(request.errorCode)}</span> : null}
          {request.errorCode ? <code className={classes.code}>{request.errorCode}</code> : null}
        </span>
        <span className={classes.soft}>{formatExactTime(request.at)}</span>
      </div>
      <CopyIconButton
        value={typeof window === 'undefined' ? '' : window.location.href}
        label="link to this request"
      />
      {request.kind === 'chat' ? (
        <Button
          component={Link}
          href={`/playground?${target}`}
          variant="default"
          leftSection={<IconMessage2Code size={14} />}
        >
          Open in playground
        </Button>
      ) : null}
    </div>
  )
}

function Numbers({ request }: { request: RequestDetail }) {
  const numbers: readonly (readonly [string, string])[] = [
    ['Total', formatMs(request.latencyMs)],
    ['First token', formatMs(request.firstTokenMs)],
    ['Overhead', formatUs(request.overheadUs)],
    ['Attempts', String(request.attempts)],
    ['Tokens in / out', `${formatCount(request.inputTokens)} / ${formatCount(request.outputTokens)}`],
    ['Cost', formatCost(request.costPicoUsd)],
  ]
  return (
    <dl className={classes.numbers}>
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function PlanReasons({ request }: { request: RequestDetail }) {
  if (request.planReasons.length === 0) {
    return <p className={classes.soft}>No plan was made: the request was refused before routing.</p>
  }
  return (
    <ol className={classes.reasons}>
      {request.planReasons.map((reason) => (
        <li key={`${reason.deploymentId}-${reason.code}-${reason.text}`}>
          {reason.deploymentId ? <strong>{reason.deploymentId}</strong> : <strong>The request</strong>}:{' '}
          {reason.text}
        </li>
      ))}
    </ol>
  )
}

const sources = {
  provider: 'counted by the provider',
  estimated: 'estimated here, since the provider sent no usage',
  none: 'none used',
} as const

function TokenFacts({ request }: { request: RequestDetail }) {
  const some = (value: number) => (value > 0 ? formatCount(value) : null)
  return (
    <FactList
      facts={[
        ['Input', formatCount(request.inputTokens)],
        ['of it cached', some(request.cachedInputTokens)],
        ['of it written to cache', some(request.cacheWriteTokens)],
        ['Output', formatCount(request.outputTokens)],
        ['of it reasoning', some(request.reasoningTokens)],
        ['Source', sources[request.usageSource]],
        [
          'Cost',
          request.costPicoUsd === null ? 'no price is known for the model' : formatCost(request.costPicoUsd),
        ],
        ['Price version', request.priceVersion],
      ]}
    />
  )
}

function CallerFacts({ request }: { request: RequestDetail }) {
  const filter = (name: string, value: string) => (
    <QuietLink href={`/requests?${new URLSearchParams({ [name]: value })}`}>{value}</QuietLink>
  )
  return (
    <FactList
      facts={[
        ['Creator', request.creatorId === null ? null : filter('creatorId', request.creatorId)],
        ['Account', filter('accountId', request.accountId)],
        ['Plan', request.plan],
        ['Session', request.sessionId],
        [request.apiKeyId?.startsWith('usr_') ? 'Person' : 'API key', request.apiKeyId],
        ['Asked for', request.requestedModel],
        ['Model', request.model || null],
        ['Streamed', request.streamed ? 'yes' : 'no'],
        ['Finish reason', request.finishReason],
        ['HTTP status', String(request.httpStatus)],
      ]}
    />
  )
}
