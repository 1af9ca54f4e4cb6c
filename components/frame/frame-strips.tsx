'use client'

import { useLive } from '#components/data/live-context'
import { useNow } from '#components/data/use-now'
import { useStatus } from '#components/data/use-status'
import { useSwitches } from '#components/data/use-traffic'
import { formatSpan } from '#components/ui/format-duration'
import { QuietLink } from '#components/ui/quiet-link'
import { Strip } from '#components/ui/strip'
import { describeScope } from '#lib/traffic/traffic-config'
import classes from './frame-strips.module.css'

/** What everyone should know before reading any number: the stream is gone, the database is, or traffic is rolled back. */
export function FrameStrips() {
  return (
    <div className={classes.strips}>
      <LostStreamStrip />
      <JournalStrip />
      <RollbackStrip />
    </div>
  )
}

/** Short breaks are nobody's business; after ten seconds they are. */
const tolerableMs = 10_000

function LostStreamStrip() {
  const live = useLive()
  const now = useNow()
  if (live.state !== 'lost' || live.lastEventAtMs === null || now - live.lastEventAtMs < tolerableMs)
    return null
  return (
    <Strip tone="warn">
      The event stream is lost; what is shown may be {formatSpan(now - live.lastEventAtMs)} old. Reconnecting
      by itself.
    </Strip>
  )
}

function RollbackStrip() {
  const { data } = useSwitches()
  if (!data || data.switches.length === 0) return null
  const scopes = data.switches.map(({ scope }) => describeScope(scope)).join(', ')
  return (
    <Strip tone="bad">
      Rolled back: {scopes} goes to the legacy providers.{' '}
      <QuietLink href="/traffic">See and return it</QuietLink>
    </Strip>
  )
}

/** An embedded database takes the journal over four times a second, so that a few records always wait while there is traffic. */
const usuallyWaiting = 1_000

function JournalStrip() {
  const { data } = useStatus()
  if (!data || (data.journal.databaseReachable && data.journal.pendingRecords <= usuallyWaiting)) return null
  const waiting = `${data.journal.pendingRecords} ledger ${data.journal.pendingRecords === 1 ? 'record waits' : 'records wait'} in the journal`
  return data.journal.databaseReachable ? (
    <Strip tone="info">
      {waiting} and are being written to the database; totals are complete when none waits.
    </Strip>
  ) : (
    <Strip tone="bad">
      The database does not answer. Requests are still served; {waiting} and nothing is lost. Totals below are
      behind.
    </Strip>
  )
}
