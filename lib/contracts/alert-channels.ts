import { z } from 'zod'
import { alertSeverity } from '#lib/alerts/alert-rule'
import { alertDeliveryView } from '#lib/contracts/alerts'

const reason = z.string().trim().min(3).max(500)

export const webhookConfig = z.strictObject({
  kind: z.literal('webhook'),
  /** Where it is allowed to lead is checked when it is stored and again when something is sent. */
  url: z.string().trim().min(1).max(2_000),
  /** The shape of the body; signed in any case. */
  format: z.enum(['standard', 'slack', 'teams']).default('standard'),
})

export const emailConfig = z.strictObject({
  kind: z.literal('email'),
  host: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9.:-]{1,253}$/, 'must be a host name or an address'),
  port: z.int().min(1).max(65_535),
  /** `none` is accepted for loopback only. */
  security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
  user: z.string().max(320).nullable().default(null),
  from: z.email(),
  to: z.array(z.email()).min(1).max(20),
})

export const channelConfig = z.discriminatedUnion('kind', [webhookConfig, emailConfig])

/** Of a webhook its signing secret, of a mail server its password; never shown again. */
const secret = z.string().min(1).max(1_000)

/** `POST /api/admin/alert-channels` (admin) */
export const createChannelBody = z.strictObject({
  name: z.string().trim().min(2).max(80),
  enabled: z.boolean().default(true),
  severity: alertSeverity.default('warning'),
  /** Ids of the rules whose alerts are sent; null = of all, also of those to come. */
  rules: z.array(z.string().max(64)).min(1).max(200).nullable().default(null),
  config: channelConfig,
  /** Left out: a new webhook gets one, everything else keeps the one it has. */
  secret: secret.optional(),
  reason,
})
/** `PUT /api/admin/alert-channels/{id}` (admin): the whole channel; what it is (webhook or mail) stays. */
export const changeChannelBody = createChannelBody
  .extend({
    /** A webhook gets a new signing secret, which is in the answer; the old one is worth nothing from then on. */
    rotateSecret: z.boolean().default(false),
  })
  .superRefine(({ rotateSecret, secret: given, config }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['rotateSecret'], message })
    if (rotateSecret && given !== undefined) refuse('goes without a secret of your own')
    if (rotateSecret && config.kind === 'email') refuse('a mail server’s password is given, not made')
  })
/** `DELETE /api/admin/alert-channels/{id}` (admin) */
export const removeChannelBody = z.strictObject({ reason })

export const alertChannelView = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  severity: alertSeverity,
  rules: z.array(z.string()).nullable(),
  config: channelConfig,
  hasSecret: z.boolean(),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
})
/** `GET /api/admin/alert-channels`: with the last messages of all of them, newest first. */
export const alertChannelsView = z.object({
  channels: z.array(alertChannelView),
  deliveries: z.array(alertDeliveryView),
})
/** The answer to making or changing one; a signing secret that was made is in it and nowhere else. */
export const savedChannel = z.object({ channel: alertChannelView, secret: z.string().nullable() })

/** `POST /api/admin/alert-channels/{id}/test` (operator): how the try ended. */
export const channelTest = z.object({ delivery: alertDeliveryView })

export type ChannelConfig = z.output<typeof channelConfig>
export type WebhookConfig = z.output<typeof webhookConfig>
export type EmailConfig = z.output<typeof emailConfig>
export type AlertChannelView = z.infer<typeof alertChannelView>
