/** How a server with a fixed number of places slows down beyond them. */
export interface Sharing {
  /** Calls that run at full speed together. */
  readonly places: number
  /** Share of the whole throughput that each doubling of the calls beyond the places costs. */
  readonly lossPerDoubling: number
}

/** Processor sharing: whoever is inside gets an equal share, and nobody is ever turned away. */
export interface SharedProcessor {
  /** Takes in work of `workMs` at full speed; returns how to take it back. */
  readonly enter: (workMs: number, done: () => void) => () => void
  readonly inside: () => number
}

interface Job {
  /** The service that a job must have been given, on the scale of `given`, ms. */
  readonly dueAt: number
  readonly done: () => void
}

const leastThroughput = 0.5

/** Milliseconds of service that one of `jobs` calls gets a millisecond. */
export function speedOf(jobs: number, { places, lossPerDoubling }: Sharing): number {
  if (jobs <= places) return 1
  const overload = jobs / places
  return Math.max(leastThroughput, 1 - lossPerDoubling * Math.log2(overload)) / overload
}

export function createSharedProcessor(sharing: Sharing): SharedProcessor {
  /** By `dueAt`, the next to be done last. */
  const jobs: Job[] = []
  /** The service each job inside since the beginning would have been given by `atMs`. */
  let given = 0
  let atMs = performance.now()
  let timer: NodeJS.Timeout | undefined

  /** Finishes what is due by now, each at its moment: a late timer costs no throughput. */
  const advance = () => {
    const nowMs = performance.now()
    for (let next = jobs.at(-1); next !== undefined; next = jobs.at(-1)) {
      const doneAtMs = atMs + (next.dueAt - given) / speedOf(jobs.length, sharing)
      if (doneAtMs > nowMs) break
      given = next.dueAt
      atMs = doneAtMs
      jobs.pop()
      next.done()
    }
    given += (nowMs - atMs) * speedOf(jobs.length, sharing)
    atMs = nowMs
  }
  const arm = () => {
    clearTimeout(timer)
    const next = jobs.at(-1)
    if (next === undefined) return
    const leftMs = (next.dueAt - given) / speedOf(jobs.length, sharing)
    timer = setTimeout(work, Math.ceil(leftMs))
  }
  const work = () => {
    advance()
    arm()
  }
  return {
    enter: (workMs, done) => {
      advance()
      const job = { dueAt: given + workMs, done }
      jobs.splice(placeFor(jobs, job.dueAt), 0, job)
      arm()
      return () => {
        advance()
        const at = jobs.indexOf(job)
        if (at >= 0) jobs.splice(at, 1)
        arm()
      }
    },
    inside: () => jobs.length,
  }
}

/** Where a job due at `dueAt` belongs in `jobs`, which falls. */
function placeFor(jobs: readonly Job[], dueAt: number): number {
  let low = 0
  let high = jobs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((jobs[middle]?.dueAt ?? 0) > dueAt) low = middle + 1
    else high = middle
  }
  return low
}
