import { z } from 'zod'

const label = z
  .string()
  .trim()
  .regex(/^[\w .:/-]{1,64}$/, 'must be 1 to 64 letters, digits, spaces or any of . : / - _')

/** `POST /api/v1/feedback`: what somebody, or an evaluation, thinks of an answer of the caller's account. */
export const feedbackBody = z
  .strictObject({
    /** The answer's `x-request-id`. */
    requestId: z.string().trim().min(1).max(128),
    /** 0 = useless, 1 = perfect; or a thumb, which is 1 or 0. */
    score: z.number().min(0).max(1).optional(),
    thumb: z.enum(['up', 'down']).optional(),
    /** `evaluation` = a program judged it; counted apart from what users think. */
    kind: z.enum(['user', 'evaluation']).default('user'),
    /** Who rates, in the caller's own words; the same one replaces their earlier feedback. Kept as a pseudonym. */
    rater: z.string().trim().min(1).max(128).optional(),
    label: label.optional(),
    /** Redacted before it is kept. */
    comment: z.string().trim().min(1).max(2_000).optional(),
  })
  .refine(({ score, thumb }) => (score === undefined) !== (thumb === undefined), {
    path: ['score'],
    message: 'give either score (0 to 1) or thumb (up or down)',
  })

/** What is kept of it. */
export const feedbackView = z.object({
  requestId: z.string(),
  kind: z.enum(['user', 'evaluation']),
  score: z.number(),
  label: z.string().nullable(),
  comment: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

/** The answer to `POST /api/v1/feedback`. */
export const recordedFeedback = feedbackView.extend({
  /** An earlier one of the same rater was replaced. */
  replaced: z.boolean(),
})

export type FeedbackBody = z.infer<typeof feedbackBody>
export type FeedbackView = z.infer<typeof feedbackView>
export type RecordedFeedback = z.infer<typeof recordedFeedback>
