import { z } from 'zod'
import { isPriceKind, type PriceKind, priceKindNames, priceKinds } from '#lib/costs/price-kinds'

const reason = z.string().trim().min(3).max(500)
const day = z.iso.date()
const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[\w.:-]+$/, 'letters, digits, dots, colons and dashes')

/** USD by kind, as decimal text: per million tokens, and per hour of a provisioned throughput unit. */
const rates = z.record(z.string(), z.string().trim()).transform((given, context) => {
  const found: Partial<Record<PriceKind, string>> = {}
  const refuse = (kind: string, message: string) =>
    context.addIssue({ code: 'custom', path: [kind], message, input: given[kind] })
  for (const [kind, text] of Object.entries(given)) {
    if (!isPriceKind(kind)) refuse(kind, `no such kind of price; there are ${priceKindNames.join(', ')}`)
    else if (text.startsWith('-')) refuse(kind, 'must not be negative')
    else if (!/^\d{1,6}(\.\d+)?$/.test(text)) refuse(kind, 'must be an amount in USD such as 2.50')
    else if ((text.split('.')[1] ?? '').length > priceKinds[kind].places)
      refuse(kind, `at most ${priceKinds[kind].places} decimals`)
    else found[kind] = text
  }
  for (const kind of ['input', 'output'] as const)
    if (given[kind] === undefined) refuse(kind, 'is required; 0 where it is free')
  return found
})

/** `POST /api/admin/prices` */
export const newPriceBody = z
  .strictObject({
    provider: z.enum(['azure-openai', 'openai', 'anthropic']),
    model: name,
    /** UTC days; the price holds from the first instant of the first until the first instant of the last. */
    effectiveFrom: day,
    /** Until the model's next price unless told. */
    effectiveTo: day.nullable().default(null),
    rates,
    /** Where the figures were read, and the day on which they were right. */
    source: z.string().trim().min(3).max(300),
    asOf: day,
    reason,
  })
  .refine(({ effectiveFrom, effectiveTo }) => effectiveTo === null || effectiveFrom < effectiveTo, {
    path: ['effectiveTo'],
    message: 'must be later than effectiveFrom',
  })

/** `POST /api/admin/prices/{id}/withdraw` */
export const withdrawPriceBody = z.strictObject({ reason })

const priceView = z.object({
  /** Null for the built-in list, which cannot be withdrawn. */
  id: z.string().nullable(),
  provider: z.string(),
  model: z.string(),
  effectiveFrom: day,
  effectiveTo: day.nullable(),
  /** Whether it holds today. */
  current: z.boolean(),
  /** As in the body; a kind that is missing has no price of its own. */
  rates: z.partialRecord(z.enum(priceKindNames), z.string()),
  source: z.string(),
  asOf: day,
})

/** `GET /api/admin/prices` */
export const pricesView = z.object({ version: z.string(), prices: z.array(priceView) })

export type NewPrice = z.infer<typeof newPriceBody>
export type PriceView = z.infer<typeof priceView>
export type PricesView = z.infer<typeof pricesView>
