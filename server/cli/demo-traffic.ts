import { createSeededRandom } from '#lib/simulator/create-seeded-random'

/** One call of the demo day. `bad` ones are meant to be refused, `hangUp` ones leave in the middle of the stream. */
export interface DemoCall {
  path: string
  body: string
  expect: 'answer' | 'refusal' | 'hang_up'
  operation: string
}

const creators = [
  'creator_aurora',
  'creator_basil',
  'creator_cleo',
  'creator_dune',
  'creator_ember',
  'creator_fern',
]
const fanMessages = [
  'Hey! I loved your last post, how was the trip to the coast?',
  'Good morning, did you sleep well after the late stream?',
  'I have had a hard week. Reading you helps.',
  'When does the next photo set come out?',
  'Do you remember that I told you about my new dog?',
  'Could you make a short video for my birthday next month?',
  'What song was playing at the end of yesterday’s clip?',
  'You look so happy lately. What changed?',
]

interface Kind {
  operation: string
  /** How many of a hundred calls are of this kind. */
  weight: number
  call(draw: Draw): Pick<DemoCall, 'path' | 'expect'> & { body: unknown }
}

interface Draw {
  pick<T>(from: readonly T[]): T
  number(from: number, to: number): number
  metadata(operation: string): Record<string, string>
}

const chat = '/api/v1/chat/completions'

const kinds: readonly Kind[] = [
  {
    operation: 'message_reply',
    weight: 44,
    call: (draw) => ({
      path: chat,
      expect: 'answer',
      body: {
        model: 'standard',
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: draw.number(40, 160),
        messages: [
          {
            role: 'system',
            content: 'You draft warm, short replies in the creator’s own voice. Never promise a meeting.',
          },
          { role: 'user', content: draw.pick(fanMessages) },
        ],
        metadata: draw.metadata('message_reply'),
      },
    }),
  },
  {
    operation: 'sales_suggestion',
    weight: 18,
    call: (draw) => ({
      path: chat,
      expect: 'answer',
      body: {
        model: 'economy',
        max_tokens: 80,
        messages: [
          { role: 'user', content: `Suggest an offer for a fan who wrote: ${draw.pick(fanMessages)}` },
        ],
        metadata: draw.metadata('sales_suggestion'),
      },
    }),
  },
  {
    operation: 'audience_insight',
    weight: 12,
    call: (draw) => ({
      path: chat,
      expect: 'answer',
      body: {
        model: 'premium',
        max_tokens: 300,
        response_format: { type: 'json_object' },
        messages: [
          { role: 'system', content: 'Answer as a JSON object with insight, confidence and evidence.' },
          {
            role: 'user',
            content: `What do these messages say about the audience? ${draw.pick(fanMessages)} ${draw.pick(fanMessages)}`,
          },
        ],
        metadata: draw.metadata('audience_insight'),
      },
    }),
  },
  {
    operation: 'compliance_check',
    weight: 10,
    call: (draw) => ({
      path: chat,
      expect: 'answer',
      body: {
        model: 'economy',
        max_tokens: 30,
        messages: [{ role: 'user', content: `Does this keep to the rules? ${draw.pick(fanMessages)}` }],
        metadata: draw.metadata('compliance_check'),
      },
    }),
  },
  {
    operation: 'memory_index',
    weight: 10,
    call: (draw) => ({
      path: '/api/v1/embeddings',
      expect: 'answer',
      body: {
        model: 'text-embedding-ada-002',
        input: [draw.pick(fanMessages), draw.pick(fanMessages)],
        metadata: draw.metadata('memory_index'),
      },
    }),
  },
  {
    operation: 'message_reply',
    weight: 3,
    call: (draw) => ({
      path: chat,
      expect: 'hang_up',
      body: {
        model: 'standard',
        stream: true,
        messages: [{ role: 'user', content: draw.pick(fanMessages) }],
        metadata: draw.metadata('message_reply'),
      },
    }),
  },
  {
    operation: 'bad_input',
    weight: 3,
    call: (draw) => ({
      path: chat,
      expect: 'refusal',
      body: draw.pick<unknown>([
        { model: 'platinum', messages: [{ role: 'user', content: 'hi' }] },
        { model: 'standard', messages: [{ role: 'narrator', content: 'hi' }] },
        { model: 'standard', messages: [{ role: 'user', content: 'hi' }], max_tokens: -5 },
        'this is not json',
      ]),
    }),
  },
]

/** A day's calls in the order in which they go out: the same for the same seed. */
export function demoTraffic(requests: number, seed: number): DemoCall[] {
  const random = createSeededRandom(seed)
  const draw: Draw = {
    pick: random.pick,
    number: (from, to) => from + random.integer(to - from + 1),
    // Squared, so that the first creators are much busier than the last.
    metadata: (operation) => ({
      creatorId: creators[Math.floor(random.next() ** 2 * creators.length)] ?? 'creator_aurora',
      fanId: `fan_${random.integer(400)}`,
      operation,
    }),
  }
  const lots = kinds.flatMap((kind) => Array<Kind>(kind.weight).fill(kind))
  return Array.from({ length: requests }, () => {
    const kind = random.pick(lots)
    const { path, body, expect } = kind.call(draw)
    return {
      path,
      expect,
      operation: kind.operation,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }
  })
}

/** How many calls run at once at a point of the day (0 to 1): quiet nights, a busy evening, two bursts. */
export function demoConcurrency(dayPart: number, most: number): number {
  const hour = dayPart * 24
  const evening = Math.exp(-((hour - 20.5) ** 2) / 12)
  const noon = 0.5 * Math.exp(-((hour - 12.5) ** 2) / 6)
  const burst = Math.abs(hour - 9) < 0.4 || Math.abs(hour - 21) < 0.4 ? 1 : 0
  return Math.max(1, Math.round(most * Math.min(1, 0.12 + noon + evening + burst)))
}
