import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type {
  AnswersJob,
  AnswersResult,
  ArrivalsJob,
  ArrivalsResult,
  FromGenerator,
  JobResult,
  LoadJob,
  SoakJob,
  SoakResult,
  StreamsJob,
  StreamsResult,
  ToGenerator,
} from '#bench/load/load-jobs'
import { endChild, trackChild } from '#bench/servers/track-child'

/** Result of a job with the CPU time the measured server spent on it (not on the warm-up), ms. */
export type Measured<Result> = Result & { readonly cpuMs: number }

export interface LoadDriver {
  /** Runs one job; `readCpuMs` reads the measured server's CPU clock. Rejects when the job cannot run at all. */
  readonly answers: (job: AnswersJob, readCpuMs: () => number) => Promise<Measured<AnswersResult>>
  readonly streams: (job: StreamsJob, readCpuMs: () => number) => Promise<Measured<StreamsResult>>
  readonly arrivals: (job: ArrivalsJob, readCpuMs: () => number) => Promise<Measured<ArrivalsResult>>
  readonly soak: (job: SoakJob, readCpuMs: () => number) => Promise<Measured<SoakResult>>
  readonly end: () => Promise<void>
}

const PATIENCE_MS = 20 * 60_000

interface Run {
  readonly child: ChildProcess
  readonly job: LoadJob
  readonly readCpuMs: () => number
}

function runJob({ child, job, readCpuMs }: Run): Promise<Measured<JobResult>> {
  return new Promise((resolve, reject) => {
    let cpuBeforeMs = 0
    const settle = (act: () => void) => {
      clearTimeout(limit)
      child.off('message', onMessage)
      child.off('exit', onExit)
      act()
    }
    const onExit = (code: number | null) =>
      settle(() => reject(new Error(`the load generator ended (${code})`)))
    const onMessage = (message: FromGenerator) => {
      if (message.kind === 'warm') {
        cpuBeforeMs = readCpuMs()
        child.send({ kind: 'go' } satisfies ToGenerator)
      } else if (message.kind === 'done') {
        const cpuMs = readCpuMs() - cpuBeforeMs
        settle(() => resolve({ ...message.result, cpuMs }))
      } else settle(() => reject(new Error(message.message)))
    }
    const limitMs = PATIENCE_MS + (job.kind === 'soak' ? job.durationMs : 0)
    const limit = setTimeout(
      () => settle(() => reject(new Error(`the load took longer than ${limitMs / 60_000} minutes`))),
      limitMs,
    )
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.send({ kind: 'job', job } satisfies ToGenerator)
  })
}

type ResultOf<Kind> = Extract<JobResult, { readonly kind: Kind }>

function isOf<Kind extends LoadJob['kind']>(
  measured: Measured<JobResult>,
  kind: Kind,
): measured is Measured<ResultOf<Kind>> {
  return measured.kind === kind
}

/** Starts the generator's process; one job at a time. */
export function startLoadDriver(): LoadDriver {
  const child = trackChild(
    fork(fileURLToPath(new URL('load-generator.ts', import.meta.url)), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const run = async <Kind extends LoadJob['kind']>(
    job: LoadJob & { readonly kind: Kind },
    readCpuMs: () => number,
  ): Promise<Measured<ResultOf<Kind>>> => {
    const measured = await runJob({ child, job, readCpuMs })
    if (!isOf<Kind>(measured, job.kind)) throw new Error('the load generator answered another job')
    return measured
  }
  return {
    answers: run<'answers'>,
    streams: run<'streams'>,
    arrivals: run<'arrivals'>,
    soak: run<'soak'>,
    end: () => endChild(child),
  }
}
