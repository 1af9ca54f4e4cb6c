import { z } from 'zod'
import { sensitiveKinds } from '#lib/privacy/sensitive-span'

/** `GET /api/admin/privacy/redactions`: what this instance hid since it began. */
export const redactionReport = z.object({
  since: z.iso.datetime(),
  texts: z.number(),
  redacted: z.partialRecord(z.enum(sensitiveKinds), z.number()),
  foundBySecondLook: z.number(),
})
