import type { SeededRandom } from '#lib/simulator/create-seeded-random'

/** Begins every text a person may read, so that nobody takes it for a model's work. */
export const SIMULATED_MARK = '[simulated]'

const GREETINGS = [
  'Hey you, so good to hear from you!',
  'Aww, hi! You just made my afternoon.',
  'Hello lovely, thanks for stopping by.',
  'Oh, I was hoping you would write today.',
  'Hi there, perfect timing as always.',
]
const ECHOES = [
  (topic: string) => `You asked about “${topic}”, and I have thoughts.`,
  (topic: string) => `So, “${topic}”: let me be honest with you.`,
  (topic: string) => `I smiled when I read “${topic}”.`,
  (topic: string) => `“${topic}” is exactly what I was thinking about this morning.`,
]
const BODIES = [
  'I spent the morning planning the next set of photos, and the light by the window was unreal.',
  'There is a new post coming on Friday that I think you will really enjoy.',
  'I keep a little list of ideas from people who support me, and yours just went to the top.',
  'Between us, rehearsals ran long this week, but every minute was worth it.',
  'I tried a different editing style and I would love to know which one you prefer.',
  'The behind-the-scenes clips are almost ready, bloopers included.',
  'Coffee first, then the studio, then a long walk to clear my head.',
  'I am putting together something special for everyone who has been here since the start.',
  'It means a lot that you remember the small things I mention.',
  'Next week I am travelling, so expect postcards from somewhere sunny.',
  'I read every message myself, even when it takes me a while to answer.',
  'My playlist for this week is all slow songs; it fits the mood of the new series.',
]
const CLOSINGS = [
  'Tell me more about your day?',
  'What would you like to see next?',
  'Talk soon, and take care of yourself!',
  'Sending you a big hug until then.',
  'Let me know what you think, I am curious.',
]

const TOPIC_WORDS = 8
const TOPIC_CHARACTERS = 80
const MOST_WORDS = 5_000

function topicOf(text: string): string {
  const words = text.replaceAll(/[“”"]/g, '').trim().split(/\s+/).slice(0, TOPIC_WORDS).join(' ')
  return Array.from(words).slice(0, TOPIC_CHARACTERS).join('')
}

function wordsAskedFor(text: string): number | null {
  const asked = /\b(\d{2,5})[\s-]+words?\b/i.exec(text)?.[1]
  return asked === undefined ? null : Math.min(Number(asked), MOST_WORDS)
}

function observations({ images, toolResult }: { images: number; toolResult: string | null }): string[] {
  const found: string[] = []
  if (images > 0)
    found.push(
      images === 1 ? 'I looked at the image you sent.' : `I looked at the ${images} images you sent.`,
    )
  if (toolResult !== null) found.push(`The lookup came back with: ${toolResult.trim().slice(0, 200)}.`)
  return found
}

/** What a text is composed from. */
interface TextBrief {
  userText: string
  /** Number of images in the conversation's last user message. */
  images: number
  /** Content of the tool message being answered, if any. */
  toolResult: string | null
  random: SeededRandom
}

/**
 * A creator's answer to a fan: marked, plausible, deterministic for the same brief. About 40 to 110 words; a
 * message that asks for a number of words ("in 300 words") gets about that many, at most 5,000.
 */
export function composeText({ userText, images, toolResult, random }: TextBrief): string {
  const topic = topicOf(userText)
  const sentences = [SIMULATED_MARK, random.pick(GREETINGS)]
  if (topic !== '') sentences.push(random.pick(ECHOES)(topic))
  sentences.push(...observations({ images, toolResult }))
  const closing = random.pick(CLOSINGS)
  const asked = wordsAskedFor(userText)
  const bodies = 2 + random.integer(4)
  let deck: string[] = []
  let words = sentences.join(' ').split(' ').length + closing.split(' ').length
  for (let index = 0; asked === null ? index < bodies : words < asked; index += 1) {
    if (deck.length === 0) deck = [...BODIES]
    const [body = ''] = deck.splice(random.integer(deck.length), 1)
    sentences.push(body)
    words += body.split(' ').length
  }
  return [...sentences, closing].join(' ')
}
