import type { Target } from '#bench/load/load-jobs'
import type { RunningServer } from '#bench/servers/start-server'

/** How a stream is to run: content chunks, and milliseconds between them. */
export interface StreamShape {
  readonly tokens: number
  readonly intervalMs: number
}

const MESSAGES = [
  {
    role: 'system',
    content: 'You write short, warm replies in the voice of a creator to the people who follow her work.',
  },
  { role: 'user', content: 'I loved the last video! How did you get the light in the second scene so soft?' },
  {
    role: 'assistant',
    content: 'Thank you! A sheet of baking paper in front of a cheap lamp, and the window behind me.',
  },
]

/** The request every server gets: about 600 bytes, alike but for the model's name. */
export function buildTarget(server: RunningServer, upstreamOrigin: string, shape?: StreamShape): Target {
  const { contender, origin } = server
  const ask = shape
    ? {
        text: `Tell me more, please (tokens=${shape.tokens} intervalMs=${shape.intervalMs}).`,
        stream: { stream: true, stream_options: { include_usage: true } },
      }
    : {
        text: 'Tell me more about that, please. Which lamp is it, and how far away does it stand?',
        stream: {},
      }
  const body = JSON.stringify({
    model: contender.model,
    messages: [...MESSAGES, { role: 'user', content: ask.text }],
    max_tokens: 256,
    temperature: 0.7,
    ...ask.stream,
  })
  return { origin, path: contender.path, headers: contender.headers(upstreamOrigin), body }
}
