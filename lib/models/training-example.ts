import { z } from 'zod'
import { bucketOf } from '#lib/gateway/hash-unit'

/**
 * One example in the chat format of fine-tuning files: what was said, ending in the answer to be learned.
 * Source: Azure OpenAI, "Customize a model with fine-tuning", JSONL format.
 */
const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().trim().min(1, 'must not be empty').max(20_000),
})
export const exampleMessages = z
  .array(message)
  .min(2, 'needs a question and an answer')
  .max(64)
  .superRefine((messages, context) => {
    const last = messages.at(-1)
    if (last?.role !== 'assistant')
      context.addIssue({
        code: 'custom',
        path: [messages.length - 1, 'role'],
        message: 'the last message must be the assistant’s',
      })
    if (!messages.some(({ role }) => role === 'user'))
      context.addIssue({ code: 'custom', path: [], message: 'needs a message of the user' })
    const late = messages.findIndex(({ role }, index) => role === 'system' && index > 0)
    if (late > 0) context.addIssue({ code: 'custom', path: [late, 'role'], message: 'system stands first' })
  })
export type ExampleMessages = z.infer<typeof exampleMessages>

/** The same words in the same order, however they are spaced, cased or composed: what counts as a duplicate. */
export function exampleKey(messages: ExampleMessages): string {
  return messages.map(({ role, content }) => `${role}:${plain(content)}`).join('\n')
}

/** What is asked, without the answer: examples that ask the same stay on one side of the split. */
function promptKey(messages: ExampleMessages): string {
  return exampleKey(messages.slice(0, -1))
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

const splitSeed = 'held-out-1'

/** Place of an example in the split, 0–9,999: the same for the same question, in every job and for good. */
export function splitBucket(messages: ExampleMessages): number {
  return bucketOf(splitSeed, promptKey(messages))
}

/** On which side an example is. A larger share only adds to what is held out. */
export function sideOf(bucket: number, heldOutBps: number): 'train' | 'held_out' {
  return bucket < heldOutBps ? 'held_out' : 'train'
}

/** One line of a fine-tuning file. */
export function exampleLine(messages: ExampleMessages): string {
  return JSON.stringify({ messages: messages.map(({ role, content }) => ({ role, content })) })
}
