import type { AlertReading } from '#lib/alerts/alert-reading'
import type { AlertRule } from '#lib/alerts/alert-rule'

/** What has to be remembered of an open alert; times in milliseconds since 1970. */
export interface AlertMemory {
  state: 'pending' | 'firing' | 'acknowledged'
  /** Since when the condition has held. */
  pendingAtMs: number
  /** Null while pending. */
  firedAtMs: number | null
  /** Since when it has been well again without a break; null while it is not. */
  clearSinceMs: number | null
  /** Channels were told that it fires. */
  notified: boolean
  silenced: boolean
}

export type AlertMove = 'fired' | 'silenced' | 'unsilenced' | 'resolved'

export interface AlertStep {
  /** Null = there is no open alert (any more). */
  alert: AlertMemory | null
  /** In the order in which they happened. */
  moves: readonly AlertMove[]
  /** What channels are to be told: that it fires once, and that it ended once to those who heard that it fires. */
  tell: 'firing' | 'resolved' | null
}

export interface AlertQuestion {
  /** Null = no open alert. */
  alert: AlertMemory | null
  /** Null = nothing was observed, which is well; `unknown` = it could not be looked at, which changes nothing. */
  reading: Pick<AlertReading, 'breached' | 'cleared'> | null | 'unknown'
  /** Null = the rule is gone or switched off: what was open ends. */
  rule: Pick<AlertRule, 'forSeconds' | 'resolve'> | null
  /** A silence covers it now. */
  silenced: boolean
  nowMs: number
}

const nothing: AlertStep = { alert: null, moves: [], tell: null }

/**
 * The next step of one alert: pending → firing → acknowledged → resolved. A silence changes only who is told; when it
 * ends while the alert still fires and nobody has taken it, it is told then.
 */
export function evaluateAlert(question: AlertQuestion): AlertStep {
  const { alert, reading, rule, nowMs } = question
  if (rule === null) return alert ? end(alert) : nothing
  if (reading === 'unknown') return alert ? keep(alert, question) : nothing
  const breached = reading?.breached ?? false
  if (alert === null) return breached ? wait(begin(nowMs), { ...question, rule }) : nothing
  if (alert.state === 'pending') return breached ? wait(alert, { ...question, rule }) : nothing
  if (breached || reading?.cleared === false) return keep({ ...alert, clearSinceMs: null }, question)
  const clearSinceMs = alert.clearSinceMs ?? nowMs
  if (nowMs - clearSinceMs >= rule.resolve.forSeconds * 1000) return end(alert)
  return keep({ ...alert, clearSinceMs }, question)
}

function begin(nowMs: number): AlertMemory {
  return {
    state: 'pending',
    pendingAtMs: nowMs,
    firedAtMs: null,
    clearSinceMs: null,
    notified: false,
    silenced: false,
  }
}

function wait(
  alert: AlertMemory,
  question: AlertQuestion & { rule: Pick<AlertRule, 'forSeconds'> },
): AlertStep {
  const { nowMs, rule } = question
  if (nowMs - alert.pendingAtMs < rule.forSeconds * 1000) return { alert, moves: [], tell: null }
  const step = keep({ ...alert, state: 'firing', firedAtMs: nowMs }, question)
  return { ...step, moves: ['fired', ...step.moves] }
}

/** It stays open: is it silenced, and has somebody been told? */
function keep(alert: AlertMemory, { silenced }: Pick<AlertQuestion, 'silenced'>): AlertStep {
  if (alert.state === 'pending') return { alert, moves: [], tell: null }
  const moves: AlertMove[] = []
  if (alert.silenced !== silenced) moves.push(silenced ? 'silenced' : 'unsilenced')
  const tell = alert.state === 'firing' && !silenced && !alert.notified
  return {
    alert: { ...alert, silenced, notified: alert.notified || tell },
    moves,
    tell: tell ? 'firing' : null,
  }
}

function end(alert: AlertMemory): AlertStep {
  if (alert.state === 'pending') return nothing
  return { alert: null, moves: ['resolved'], tell: alert.notified ? 'resolved' : null }
}
