'use client'

import { createContext, useContext } from 'react'

/** The event stream as the page sees it. Times are milliseconds since 1970. */
export interface Live {
  state: 'connecting' | 'live' | 'lost'
  lastEventAtMs: number | null
  /** When the next try to reconnect is made; null while connected or connecting. */
  retryAtMs: number | null
  paused: boolean
  setPaused(paused: boolean): void
}

export const LiveContext = createContext<Live>({
  state: 'connecting',
  lastEventAtMs: null,
  retryAtMs: null,
  paused: false,
  setPaused: () => undefined,
})

export function useLive(): Live {
  return useContext(LiveContext)
}
