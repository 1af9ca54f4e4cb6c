/** Calls of the recent past: in whole slices, so that memory stays constant whatever the traffic. */
export interface BreakerWindow {
  add(good: boolean, nowMs: number): void
  /** Calls of the last `windowMs` (a slice more or less), failed ones apart. */
  read(nowMs: number): { calls: number; failed: number }
  clear(): void
}

const slices = 10

export function createBreakerWindow(windowMs: number): BreakerWindow {
  const sliceMs = windowMs / slices
  const numbers = new Float64Array(slices).fill(-1)
  const good = new Uint32Array(slices)
  const bad = new Uint32Array(slices)
  return {
    add(isGood, nowMs) {
      const number = Math.floor(nowMs / sliceMs)
      const place = number % slices
      if (numbers[place] !== number) {
        numbers[place] = number
        good[place] = 0
        bad[place] = 0
      }
      const counts = isGood ? good : bad
      counts[place] = (counts[place] ?? 0) + 1
    },
    read(nowMs) {
      const newest = Math.floor(nowMs / sliceMs)
      let calls = 0
      let failed = 0
      for (let place = 0; place < slices; place += 1) {
        const number = numbers[place] ?? -1
        if (number <= newest - slices || number > newest) continue
        calls += (good[place] ?? 0) + (bad[place] ?? 0)
        failed += bad[place] ?? 0
      }
      return { calls, failed }
    },
    clear: () => void numbers.fill(-1),
  }
}
