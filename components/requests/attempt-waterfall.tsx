import { failureWords } from '#components/requests/failure-words'
import { formatCost } from '#components/ui/format-cost'
import { formatMs } from '#components/ui/format-duration'
import { formatCount } from '#components/ui/format-number'
import { OutcomeTag } from '#components/ui/outcome-tag'
import { ProviderMark } from '#components/ui/provider-mark'
import type { RequestDetail } from '#lib/contracts/requests'
import classes from './attempt-waterfall.module.css'

type Attempt = RequestDetail['attemptRows'][number]

/** Each attempt from its start to its end on the request's own time axis, and why it ended. */
export function AttemptWaterfall({ request }: { request: RequestDetail }) {
  if (request.attemptRows.length === 0) {
    return <p className={classes.none}>No provider was asked.</p>
  }
  const lastEndMs = Math.max(...request.attemptRows.map((attempt) => attempt.offsetMs + attempt.durationMs))
  const wholeMs = Math.max(1, request.latencyMs, lastEndMs)
  return (
    <div className={classes.waterfall}>
      <div className={classes.axis} aria-hidden>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{formatMs(wholeMs * share)}</span>
        ))}
      </div>
      <ol className={classes.attempts}>
        {request.attemptRows.map((attempt) => (
          <AttemptBar key={attempt.sequence} attempt={attempt} wholeMs={wholeMs} />
        ))}
      </ol>
    </div>
  )
}

function AttemptBar({ attempt, wholeMs }: { attempt: Attempt; wholeMs: number }) {
  const percent = (ms: number) => `${Math.min(100, (ms / wholeMs) * 100).toFixed(2)}%`
  const waitMs = attempt.firstTokenMs ?? attempt.durationMs
  const why = failureWords(attempt.failureClass)
  return (
    <li className={classes.attempt}>
      <div className={classes.line}>
        <span className={classes.who}>
          <ProviderMark provider={attempt.provider}>{attempt.deploymentId}</ProviderMark>
          <span className={classes.soft}>{attempt.model}</span>
        </span>
        <span className={classes.end}>
          <OutcomeTag outcome={attempt.outcome} plain />
          {why ? <span>{why}</span> : null}
          {attempt.httpStatus === null ? null : (
            <span className={classes.soft}>HTTP {attempt.httpStatus}</span>
          )}
        </span>
      </div>
      <div className={classes.track} data-outcome={attempt.outcome} aria-hidden>
        <span className={classes.wait} style={{ left: percent(attempt.offsetMs), width: percent(waitMs) }} />
        <span
          className={classes.stream}
          style={{ left: percent(attempt.offsetMs + waitMs), width: percent(attempt.durationMs - waitMs) }}
        />
      </div>
      <div className={classes.facts}>
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
    </li>
  )
}
