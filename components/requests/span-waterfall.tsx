import { failureWords } from '#components/requests/failure-words'
import { SpanBar } from '#components/requests/span-bar'
import { CopyIconButton } from '#components/ui/copy-id'
import { formatCost } from '#components/ui/format-cost'
import { formatMs, formatUs } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import { OutcomeTag } from '#components/ui/outcome-tag'
import { ProviderMark } from '#components/ui/provider-mark'
import type { RequestDetail } from '#lib/contracts/requests'
import { type SpanRow, spanTree } from '#lib/telemetry/span-rows'
import classes from './span-waterfall.module.css'

type Attempt = RequestDetail['attemptRows'][number]

/** The request's spans on its own time axis: itself, in it the plan and each attempt with why it was made and ended. */
export function SpanWaterfall({ request }: { request: RequestDetail }) {
  const { root, plan, attempts, wholeMs } = spanTree(request)
  return (
    <div className={classes.waterfall}>
      <div className={classes.axis} aria-hidden>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{formatMs(wholeMs * share)}</span>
        ))}
      </div>
      <ul className={classes.spans} aria-label="Own spans">
        <li>
          <RequestSpan request={request} row={root} wholeMs={wholeMs} />
        </li>
        {plan ? (
          <li className={classes.nested}>
            <PlanSpan request={request} row={plan} wholeMs={wholeMs} />
          </li>
        ) : null}
      </ul>
      <ol className={classes.spans} aria-label="Attempts">
        {attempts.map(({ row, attempt }) => (
          <li key={attempt.sequence} className={classes.nested}>
            <AttemptSpan row={row} attempt={attempt} wholeMs={wholeMs} />
          </li>
        ))}
      </ol>
      {attempts.length === 0 ? <p className={classes.none}>No provider was asked.</p> : null}
    </div>
  )
}

interface SpanProps {
  row: SpanRow
  wholeMs: number
}

function RequestSpan({ request, row, wholeMs }: SpanProps & { request: RequestDetail }) {
  return (
    <div className={classes.span}>
      <div className={classes.line}>
        <span className={classes.who}>
          {row.name} <span className={classes.soft}>request</span>
        </span>
        <span className={classes.end}>
          <OutcomeTag outcome={request.outcome} plain />
          <span className={classes.soft}>HTTP {request.httpStatus}</span>
          <SpanId row={row} of="request" />
        </span>
      </div>
      <SpanBar row={row} wholeMs={wholeMs} tone="request" />
      <div className={classes.facts}>
        <span>ended after {formatMs(row.durationMs)}</span>
        <span>of it {formatUs(request.overheadUs)} in the gateway</span>
        {request.parentSpanId ? <span>called from span {request.parentSpanId}</span> : null}
      </div>
    </div>
  )
}

function PlanSpan({ request, row, wholeMs }: SpanProps & { request: RequestDetail }) {
  return (
    <div className={classes.span}>
      <div className={classes.line}>
        <span className={classes.who}>
          Plan <span className={classes.soft}>key, contract, route</span>
        </span>
        <span className={classes.end}>
          <SpanId row={row} of="plan" />
        </span>
      </div>
      <SpanBar row={row} wholeMs={wholeMs} tone="plan" />
      <div className={classes.facts}>
        <span>ended after {formatUs(request.planUs ?? 0)}</span>
      </div>
    </div>
  )
}

const reasonWords: Readonly<Record<string, string>> = {
  retry: 'asked once more',
  fallback: 'instead of the one before',
  spillover: 'since the provisioned one was full',
  hedge: 'beside one that was slow',
}

function AttemptSpan({ row, attempt, wholeMs }: SpanProps & { attempt: Attempt }) {
  const why = failureWords(attempt.failureClass)
  const reason = reasonWords[attempt.reason ?? '']
  return (
    <div className={classes.span}>
      <div className={classes.line}>
        <span className={classes.who}>
          <ProviderMark provider={attempt.provider}>{attempt.deploymentId}</ProviderMark>
          <span className={classes.soft}>{row.name}</span>
        </span>
        <span className={classes.end}>
          <OutcomeTag outcome={attempt.outcome} plain />
          {why ? <span>{why}</span> : null}
          {attempt.httpStatus === null ? null : (
            <span className={classes.soft}>HTTP {attempt.httpStatus}</span>
          )}
          <SpanId row={row} of={`attempt ${attempt.sequence}`} />
        </span>
      </div>
      <SpanBar row={row} firstTokenMs={attempt.firstTokenMs} wholeMs={wholeMs} tone={attempt.outcome} />
      <div className={classes.facts}>
        {reason ? <span>{reason}</span> : null}
        {attempt.breakerPhase === 'half_open' ? <span>a probe of its breaker</span> : null}
        <span>started at {formatMs(attempt.offsetMs)}</span>
        {attempt.firstTokenMs === null ? null : (
          <span>first token after {formatMs(attempt.firstTokenMs)}</span>
        )}
        <span>ended after {formatMs(attempt.durationMs)}</span>
        {attempt.inputTokens + attempt.outputTokens > 0 ? (
          <span>
            {formatCount(attempt.inputTokens)} / {formatCount(attempt.outputTokens)} tokens,{' '}
            {formatCost(attempt.costPicoUsd)}
          </span>
        ) : null}
        {attempt.providerRequestId ? <code className={classes.code}>{attempt.providerRequestId}</code> : null}
      </div>
      {attempt.errorMessage ? <p className={classes.message}>{attempt.errorMessage}</p> : null}
    </div>
  )
}

function SpanId({ row, of }: { row: SpanRow; of: string }) {
  return row.spanId === null ? null : <CopyIconButton value={row.spanId} label={`span id of the ${of}`} />
}
