import type { ExampleMessages } from '#lib/models/training-example'

const topics = [
  'beach',
  'studio',
  'coffee',
  'guitar',
  'winter',
  'garden',
  'cinema',
  'novel',
  'market',
  'sunset',
]
const moods = ['today', 'tomorrow', 'last night', 'this summer', 'with me']

/** As many different questions as asked for, at most 50, each with the answer that the creator gives. */
export function conversations(count: number): ExampleMessages[] {
  return Array.from({ length: count }, (_, index) => {
    const topic = topics[index % topics.length] ?? ''
    const mood = moods[Math.floor(index / topics.length) % moods.length] ?? ''
    return [
      { role: 'user' as const, content: `What about the ${topic} ${mood}?` },
      { role: 'assistant' as const, content: `Oh, the ${topic} ${mood} is always my favourite, darling!` },
    ]
  })
}

/** The same as lines of an upload. */
export function conversationLines(
  count: number,
  person: { accountId: string; creatorId: string; fanId?: string },
): string {
  return conversations(count)
    .map((messages) => JSON.stringify({ ...person, messages }))
    .join('\n')
}
