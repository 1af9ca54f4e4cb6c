import { readResidentMib } from '#bench/servers/read-process-usage'

/** Resident memory of the gateway, `atS` seconds after the soak began. */
export interface MemoryLook {
  readonly atS: number
  readonly residentMib: number
}

const LOOK_EVERY_MS = 5_000

/** Looks every five seconds until it is stopped. */
export function watchMemory(pid: number): { readonly stop: () => readonly MemoryLook[] } {
  const looks: MemoryLook[] = []
  const startedAt = performance.now()
  const look = () =>
    looks.push({ atS: (performance.now() - startedAt) / 1000, residentMib: readResidentMib(pid) })
  const timer = setInterval(look, LOOK_EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return looks
    },
  }
}
