import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Observe } from '#server/telemetry/metrics/open-metrics'

const resolutionMs = 20

/** How this process itself is; `close` stops the sampling of the event loop. */
export function observeProcess(): { read(observe: Observe): void; close(): void } {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  let before: EventLoopUtilization = performance.eventLoopUtilization()
  return {
    read(observe) {
      const now = performance.eventLoopUtilization()
      // The histogram also holds the sampling interval itself.
      const delayS = Math.max(0, delay.percentile(99) / 1e9 - resolutionMs / 1000)
      observe('eventLoopDelay', delayS, {})
      observe('eventLoopUtilization', performance.eventLoopUtilization(now, before).utilization, {})
      delay.reset()
      before = now
      const { user, system } = process.cpuUsage()
      observe('cpuTime', user / 1e6, { 'cpu.mode': 'user' })
      observe('cpuTime', system / 1e6, { 'cpu.mode': 'system' })
      const { rss, heapUsed } = process.memoryUsage()
      observe('memory', rss, {})
      observe('heap', heapUsed, {})
    },
    close: () => delay.disable(),
  }
}
