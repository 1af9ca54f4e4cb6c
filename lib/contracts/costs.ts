import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { costDimensions } from '#lib/costs/cost-dimensions'
import { timeGrains } from '#lib/costs/time-grain'

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()])
const dimension = z.enum(costDimensions)

/** One or two dimensions, separated by a comma. */
const groupBy = z
  .string()
  .transform((text) => text.split(',').filter((name) => name !== ''))
  .pipe(
    z
      .array(
        z.enum(costDimensions, {
          error: ({ input }) => `${String(input)} is no dimension; there are ${costDimensions.join(', ')}`,
        }),
      )
      .max(2, 'at most two dimensions')
      .refine((names) => new Set(names).size === names.length, 'the same dimension twice'),
  )

/** Filters by dimension, as the request list names them; `''` asks for what has none. */
export const costFilter = z.strictObject({
  accountId: z.string().optional(),
  creatorId: z.string().optional(),
  operation: z.string().optional(),
  provider: z.string().optional(),
  deploymentId: z.string().optional(),
  model: z.string().optional(),
  tier: z.string().optional(),
})

const span = {
  /** Instants or UTC days; this month unless told. */
  from: instant.optional(),
  /** Exclusive; until now unless told. */
  to: instant.optional(),
}

const inOrder = ({ from, to }: { from?: string; to?: string }) =>
  !from || !to || Date.parse(from) < Date.parse(to)
const notInOrder = { path: ['to'], message: 'must be later than from' }

/** `GET /api/admin/costs.csv` and `.json`: every row. */
export const costExportQuery = costFilter
  .extend({ ...span, groupBy: groupBy.default([]), granularity: z.enum(timeGrains).optional() })
  .refine(inOrder, notInOrder)

/** `GET /api/admin/costs` */
export const costQuery = costFilter
  .extend({
    ...span,
    groupBy: groupBy.default([]),
    /** The grain of time by which rows are cut; none unless told. */
    granularity: z.enum(timeGrains).optional(),
    /** The groups that cost most get rows of their own, what is left is one more. */
    top: z.coerce.number().int().min(1).max(1000).default(100),
  })
  .refine(inOrder, notInOrder)

const measures = z.object({
  requests: z.number(),
  errors: z.number(),
  /** Requests without a price, whose cost is not in `costPicoUsd`. */
  unpricedRequests: z.number(),
  /** Requests whose tokens are estimated because the provider did not say. */
  estimatedRequests: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  cacheWriteTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
  /** Null when nothing of it has a price. */
  costPicoUsd: picoUsd.nullable(),
})

const row = measures.extend({
  /** First instant of the row's grain; null without a granularity. */
  at: z.iso.datetime().nullable(),
  /** The value of each dimension asked for; null in the row of all groups beyond `top`. */
  group: z.partialRecord(dimension, z.string()).nullable(),
})

export const costReport = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  granularity: z.enum(timeGrains).nullable(),
  groupBy: z.array(dimension),
  /** What all rows add up to. */
  totals: measures,
  /** How many groups there are, those beyond `top` included. */
  groups: z.number(),
  /** By time, then the dearest first. */
  rows: z.array(row),
})

/** `GET /api/admin/costs/provisioned`: what provisioned throughput costs, and what it would by the token. */
export const provisionedQuery = z.strictObject(span).refine(inOrder, notInOrder)

export const provisionedCosts = z.array(
  z.object({
    deploymentId: z.string(),
    model: z.string(),
    units: z.number(),
    hours: z.number(),
    requests: z.number(),
    /** What the ledger says: tokens at the price by the token. */
    payAsYouGoPicoUsd: picoUsd,
    /** Units × hours × price; null when the model has no price per unit and hour. */
    fixedPicoUsd: picoUsd.nullable(),
    /** Fixed as a share of pay-as-you-go: below 1 it pays. */
    breakEvenRatio: z.number().nullable(),
    /** Share of the units' throughput that was used, over the span and in its busiest hour; null where it is not known. */
    utilisation: z.number().nullable(),
    peakUtilisation: z.number().nullable(),
    /** The utilisation at which both would cost the same, of tokens mixed as these; above 1 it can never pay. */
    breakEvenUtilisation: z.number().nullable(),
    operations: z.array(
      z.object({
        operation: z.string(),
        requests: z.number(),
        payAsYouGoPicoUsd: picoUsd,
        amortisedPicoUsd: picoUsd,
      }),
    ),
  }),
)

export type ProvisionedCosts = z.infer<typeof provisionedCosts>
export type CostRow = z.infer<typeof row>
export type CostReport = z.infer<typeof costReport>
