'use client'

import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let nowMs = Date.now()
let timer: ReturnType<typeof setInterval> | null = null

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

function tick(): void {
  nowMs = Date.now()
  for (const listener of listeners) listener()
}

/** While no timer runs the kept moment is old; whole seconds keep the answer the same from one call to the next. */
function present(): number {
  if (timer === null) nowMs = Math.max(nowMs, Math.floor(Date.now() / 1000) * 1000)
  return nowMs
}

/** Milliseconds since 1970, moving once a second, from one timer for the whole page. 0 while rendering on the server. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, present, () => 0)
}
