import type { Container } from '#server/create-container'
import { defineRoute } from '#server/http/define-route'
import type { ConsoleEvent } from '#server/telemetry/console-events'

const encoder = new TextEncoder()
const heartbeatMs = 5000

/** `GET /api/admin/events`: what changed, as server-sent events, until either side hangs up. */
export const adminEvents = defineRoute({
  role: 'viewer',
  about: 'What changed, as server-sent events',
  handle: async ({ container, request }) =>
    new Response(eventBody(container, request.signal), {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    }),
})

function eventBody(container: Container, callerSignal: AbortSignal): ReadableStream<Uint8Array> {
  let end = () => {}
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = ({ name, atMs }: ConsoleEvent) =>
        controller.enqueue(
          encoder.encode(`event: ${name}\ndata: {"at":"${new Date(atMs).toISOString()}"}\n\n`),
        )
      const now = (name: ConsoleEvent['name']) => send({ name, atMs: container.clock.nowMs() })
      const unsubscribe = container.events.subscribe(send)
      const heartbeat = setInterval(now, heartbeatMs, 'heartbeat')
      const finish = () => {
        end()
        controller.close()
      }
      end = () => {
        end = () => {}
        clearInterval(heartbeat)
        unsubscribe()
        callerSignal.removeEventListener('abort', finish)
        container.shutdown.signal.removeEventListener('abort', finish)
      }
      callerSignal.addEventListener('abort', finish, { once: true })
      container.shutdown.signal.addEventListener('abort', finish, { once: true })
      now('hello')
    },
    cancel: () => end(),
  })
}
