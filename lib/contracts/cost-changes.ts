import { z } from 'zod'
import { picoUsd } from '#lib/contracts/money'
import { costDrivers } from '#lib/costs/explain-change'

/** `GET /api/admin/costs/changes`, and its exports */
export const costChangesQuery = z.strictObject({
  /** One account; all of them when absent. */
  account: z.string().min(1).optional(),
  /** What a change must amount to, in USD over its days, to be told. */
  minimumUsd: z.coerce.number().min(0.01).max(1_000_000).default(5),
})

const subject = {
  dimension: z.enum(['creator', 'operation']),
  accountId: z.string().min(1),
  /** The creator's id, or the operation's name. */
  value: z.string().min(1),
}

/** `POST /api/admin/costs/changes/dismiss`: the anomaly that began then is known and meant. */
export const dismissAnomalyBody = z.strictObject({
  ...subject,
  startDay: z.iso.date(),
  /** The minimum with which it was found. */
  minimumUsd: costChangesQuery.shape.minimumUsd,
  reason: z.string().trim().min(3).max(500),
})

const driverEffect = z.object({
  driver: z.enum(costDrivers),
  /** What it adds to a day's cost; together with the others the whole change. */
  picoUsdPerDay: picoUsd,
  /** With its figures before and now. */
  text: z.string(),
})

const dismissal = z.object({
  id: z.string(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
})

const change = z.object({
  ...subject,
  /** `anomaly`: a stretch of days unlike the weeks before; `week`: the last seven whole days against the seven before. */
  kind: z.enum(['anomaly', 'week']),
  direction: z.enum(['up', 'down']),
  /** First and last day of it (UTC); the last is today where it goes on. */
  startDay: z.iso.date(),
  endDay: z.iso.date(),
  /** The hour in which it began, where that can be told. */
  startAt: z.iso.datetime().nullable(),
  ongoing: z.boolean(),
  /** First and last day that it is compared with. */
  beforeFrom: z.iso.date(),
  beforeTo: z.iso.date(),
  /** Over its days: what they cost, and would have, as the days before did. */
  actualPicoUsd: picoUsd,
  expectedPicoUsd: picoUsd,
  /** A day's cost, expected and actual. */
  beforePicoUsdPerDay: picoUsd,
  nowPicoUsdPerDay: picoUsd,
  /** Change as a share of what was expected; null where nothing was. */
  changeRatio: z.number().nullable(),
  /** The whole in one sentence. */
  sentence: z.string(),
  /** The largest effect first. */
  drivers: z.array(driverEffect),
  /** Where most of it happened: a creator's operation, an operation's creator; null where no part stands out. */
  mostlyIn: z.object({ dimension: subject.dimension, value: z.string(), share: z.number() }).nullable(),
  /** The last six weeks, day by day, up to today so far. */
  days: z.array(z.object({ day: z.iso.date(), costPicoUsd: picoUsd })),
  /** Of anomalies that somebody has said are meant. */
  dismissal: dismissal.nullable(),
})

export const costChangesView = z.object({
  asOf: z.iso.datetime(),
  minimumUsd: z.number(),
  /** Creators and operations that cost at least the minimum, and how many of them (the dearest) were looked at. */
  subjects: z.number(),
  subjectsCompared: z.number(),
  /** Open ones first, the largest change a day first. */
  anomalies: z.array(change),
  weeks: z.array(change),
})

export type CostSubject = z.infer<z.ZodObject<typeof subject>>
export type CostChange = z.infer<typeof change>
export type CostChangesView = z.infer<typeof costChangesView>
export type AnomalyDismissal = z.infer<typeof dismissal>
