'use client'

import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { connectEvents } from '#components/data/connect-events'
import { type Live, LiveContext } from '#components/data/live-context'
import {
  refreshAfterActivity,
  refreshAfterConfiguration,
  refreshAfterConnect,
  refreshAfterHeartbeat,
  refreshAfterMove,
} from '#components/data/refresh-queries'
import type { ConsoleEventName } from '#lib/contracts/status'

type Connection = Pick<Live, 'state' | 'lastEventAtMs' | 'retryAtMs'>

/** One event stream for the page; what it reports is read again, unless the viewer has paused the page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>({
    state: 'connecting',
    lastEventAtMs: null,
    retryAtMs: null,
  })
  const [paused, setPausedState] = useState(false)
  const pausedRef = useRef(false)

  const setPaused = useCallback(
    (next: boolean) => {
      pausedRef.current = next
      setPausedState(next)
      if (!next) void client.invalidateQueries()
    },
    [client],
  )

  useEffect(() => {
    const apply = (name: ConsoleEventName, nowMs: number) => {
      if (pausedRef.current) return
      if (name === 'activity') refreshAfterActivity(client, nowMs)
      else if (name === 'configuration') refreshAfterConfiguration(client)
      else if (name === 'hello') refreshAfterConnect(client, nowMs)
      else if (name === 'heartbeat') refreshAfterHeartbeat(client, nowMs)
      else refreshAfterMove(client, name)
    }
    return connectEvents('/api/admin/events', {
      onEvent(name) {
        const nowMs = Date.now()
        setConnection({ state: 'live', lastEventAtMs: nowMs, retryAtMs: null })
        apply(name, nowMs)
      },
      onLost(retryInMs) {
        setConnection((last) => ({ ...last, state: 'lost', retryAtMs: Date.now() + retryInMs }))
      },
    })
  }, [client])

  const live = useMemo(() => ({ ...connection, paused, setPaused }), [connection, paused, setPaused])
  return <LiveContext value={live}>{children}</LiveContext>
}
