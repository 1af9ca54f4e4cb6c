import type { Client } from 'undici'
import type { Recorder } from '#bench/load/create-recorder'
import { createStreamReader } from '#bench/load/read-stream-frames'
import type { SendOnce } from '#bench/load/run-closed-loop'

export interface StreamRecorders {
  readonly ttft: Recorder
  readonly gap: Recorder
  readonly transit: Recorder
}

/** A sender that reads a stream of `tokens` content chunks as it arrives, records its timing and judges it. */
export function createStreamSender(tokens: number, recorders: StreamRecorders): SendOnce {
  return (client: Client, target) =>
    new Promise((resolve) => {
      const startedAtNs = process.hrtime.bigint()
      const reader = createStreamReader()
      let status = 0
      let lastAtNs = 0n
      let refusal = ''
      const onContent = (sentAtNs: bigint, nowNs: bigint) => {
        if (lastAtNs === 0n) recorders.ttft.record(Number(nowNs - startedAtNs) / 1000)
        else recorders.gap.record(Number(nowNs - lastAtNs) / 1000)
        recorders.transit.record(Number(nowNs - sentAtNs) / 1000)
        lastAtNs = nowNs
      }
      client.dispatch(
        { method: 'POST', path: target.path, headers: target.headers, body: target.body },
        {
          onRequestStart: () => {}, // undici asks for it.
          onResponseStart: (_controller, statusCode) => {
            status = statusCode
          },
          onResponseData: (controller, chunk) => {
            if (status !== 200) {
              refusal += chunk.toString('utf8')
              return
            }
            const nowNs = process.hrtime.bigint()
            try {
              reader.feed(chunk, (sentAtNs) => onContent(sentAtNs, nowNs))
            } catch (error) {
              controller.abort(new Error(`unreadable frame: ${String(error)}`))
            }
          },
          onResponseEnd: () =>
            resolve(status === 200 ? reader.judge(tokens) : `status ${status}: ${refusal.slice(0, 300)}`),
          onResponseError: (_controller, error) => resolve(`${error.name}: ${error.message}`),
        },
      )
    })
}
