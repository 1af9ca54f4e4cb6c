/**
 * The load generator, a process of its own, driven over IPC by `drive-load`: one job at a time, on fresh
 * keep-alive connections that are warmed up first. Ends when its parent goes.
 */
import { createRecorder } from '#bench/load/create-recorder'
import type {
  AnswersJob,
  AnswersResult,
  FromGenerator,
  LoadJob,
  StreamsJob,
  StreamsResult,
  ToGenerator,
} from '#bench/load/load-jobs'
import { runArrivals } from '#bench/load/run-arrivals'
import { openClients, runClosedLoop, type SendOnce } from '#bench/load/run-closed-loop'
import { runSoakCallers } from '#bench/load/run-soak-callers'
import { createAnswerSender } from '#bench/load/send-answer-request'
import { createStreamSender } from '#bench/load/send-stream-request'

let go: (() => void) | undefined

function tell(message: FromGenerator): void {
  process.send?.(message)
}

function waitForGo(): Promise<void> {
  return new Promise((resolve) => {
    go = resolve
    tell({ kind: 'warm' })
  })
}

interface Sending {
  readonly send: SendOnce
  readonly complete: (loop: Awaited<ReturnType<typeof runClosedLoop>>) => AnswersResult | StreamsResult
}

function prepare(job: AnswersJob | StreamsJob): Sending {
  if (job.kind === 'answers') {
    const latency = createRecorder()
    const complete = (loop: Awaited<ReturnType<typeof runClosedLoop>>): AnswersResult => ({
      kind: 'answers',
      ...loop,
      latency: latency.read(),
    })
    return { send: createAnswerSender(latency), complete }
  }
  const recorders = { ttft: createRecorder(), gap: createRecorder(), transit: createRecorder() }
  const complete = (loop: Awaited<ReturnType<typeof runClosedLoop>>): StreamsResult => ({
    kind: 'streams',
    ...loop,
    ttft: recorders.ttft.read(),
    gap: recorders.gap.read(),
    transit: recorders.transit.read(),
  })
  return { send: createStreamSender(job.tokens, recorders), complete }
}

async function runLoop(job: AnswersJob | StreamsJob): Promise<void> {
  const clients = openClients(job.target, job.connections)
  try {
    await runClosedLoop({
      clients,
      target: job.target,
      requests: job.warmupRequests,
      send: prepare(job).send,
    })
    await waitForGo()
    const { send, complete } = prepare(job)
    const loop = await runClosedLoop({ clients, target: job.target, requests: job.requests, send })
    tell({ kind: 'done', result: complete(loop) })
  } finally {
    await Promise.all(clients.map((client) => client.destroy()))
  }
}

async function run(job: LoadJob): Promise<void> {
  if (job.kind === 'answers' || job.kind === 'streams') return runLoop(job)
  await waitForGo()
  const result = job.kind === 'arrivals' ? await runArrivals(job) : await runSoakCallers(job)
  tell({ kind: 'done', result })
}

process.on('message', (message: ToGenerator) => {
  if (message.kind === 'go') {
    go?.()
    return
  }
  run(message.job).catch((error: unknown) => tell({ kind: 'failed', message: String(error) }))
})
process.on('disconnect', () => process.exit(0))
