'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import { type ChatRun, freshRun } from '#components/data/chat-run'
import { runChat } from '#components/data/run-chat'

export interface ChatRuns {
  /** By target, in the order asked. */
  runs: readonly (readonly [target: string, run: ChatRun])[]
  running: boolean
  start(targets: readonly string[], body: Readonly<Record<string, unknown>> & { stream: boolean }): void
  stop(): void
}

/** The same conversation sent to several targets at once. Leaving the page stops what still runs. */
export function useChatRuns(): ChatRuns {
  const [runs, setRuns] = useState<ChatRuns['runs']>([])
  const controller = useRef<AbortController | null>(null)
  const stop = useCallback(() => controller.current?.abort(), [])
  useEffect(() => stop, [stop])

  const start = useCallback<ChatRuns['start']>((targets, body) => {
    controller.current?.abort()
    const own = new AbortController()
    controller.current = own
    setRuns(targets.map((target) => [target, freshRun]))
    for (const target of targets) {
      void runChat({
        body: { ...body, model: target },
        signal: own.signal,
        onChange: (run) => {
          if (controller.current !== own) return
          setRuns((last) => last.map((entry) => (entry[0] === target ? [target, run] : entry)))
        },
      })
    }
  }, [])

  return { runs, running: runs.some(([, run]) => run.state === 'running'), start, stop }
}
