import { readProblem, unreachable } from '#components/data/api-problem'
import { applyHeaders, applyPart, type ChatRun, freshRun } from '#components/data/chat-run'
import { splitSse } from '#components/data/split-sse'

export interface ChatCall {
  /** OpenAI chat body; `model` is a tier or a deployment. */
  body: Readonly<Record<string, unknown>> & { stream: boolean }
  signal: AbortSignal
  /** Called with the run as it grows, and last with its end. */
  onChange: (run: ChatRun) => void
}

/** Asks the gateway as the signed-in person. Never throws: failures are part of the run. */
export async function runChat({ body, signal, onChange }: ChatCall): Promise<void> {
  const startedMs = performance.now()
  const elapsed = () => performance.now() - startedMs
  let run = freshRun
  const show = (next: ChatRun) => {
    run = next
    onChange(run)
  }
  try {
    const response = await fetch('/api/admin/playground/chat', {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    show(applyHeaders(run, response.status, response.headers))
    if (!response.ok)
      return show({
        ...run,
        state: 'failed',
        error: (await readProblem(response)).message,
        totalMs: elapsed(),
      })
    if (body.stream && response.body)
      await readStream(response.body, (data) => show(applyPart(run, data, elapsed())))
    else show({ ...applyPart(run, await response.text(), elapsed()), firstTokenMs: null })
    show({ ...ended(run, body.stream), totalMs: elapsed() })
  } catch (cause) {
    if (signal.aborted) show({ ...run, state: 'stopped', totalMs: elapsed() })
    else show({ ...run, state: 'failed', error: unreachable(cause).message, totalMs: elapsed() })
  }
}

async function readStream(body: ReadableStream<Uint8Array>, onEvent: (data: string) => void): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let buffer = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const { events, rest } = splitSse(buffer + decoder.decode(part.value, { stream: true }))
    buffer = rest
    for (const event of events) onEvent(event)
  }
}

/** A stream without its end mark was cut, however good it looks. */
function ended(run: ChatRun, streamed: boolean): ChatRun {
  if (run.state === 'failed') return run
  if (streamed && run.state !== 'done') {
    return { ...run, state: 'failed', error: 'The stream ended before the answer was whole.' }
  }
  return { ...run, state: 'done' }
}
