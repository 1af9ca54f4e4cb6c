import { z } from 'zod'
import { alertLabels, alertSeverity } from '#lib/alerts/alert-rule'

/** What a channel is told: the body of a webhook, and what mails and chat messages are made of. Holds no redactable text. */
export const alertMessage = z.object({
  type: z.enum(['alert.firing', 'alert.resolved', 'alert.test']),
  /** When it fired, resolved, or was asked for. */
  timestamp: z.iso.datetime(),
  data: z.object({
    alertId: z.string(),
    /** The same as long as the alert is about the same thing: receivers join firing and resolved by `alertId`, repeats by this. */
    fingerprint: z.string(),
    rule: z.string(),
    name: z.string(),
    severity: alertSeverity,
    sentence: z.string(),
    /** What it means and what to do. */
    about: z.string(),
    labels: alertLabels,
    metric: z.string(),
    value: z.number(),
    threshold: z.number(),
    unit: z.string(),
    firedAt: z.iso.datetime().nullable(),
    resolvedAt: z.iso.datetime().nullable(),
    /** Requests that caused it, newest first. */
    requestIds: z.array(z.string()),
    /** The console's page of the alert. */
    url: z.string(),
  }),
})

export type AlertMessage = z.infer<typeof alertMessage>

const words = { 'alert.firing': 'Firing', 'alert.resolved': 'Resolved', 'alert.test': 'Test' } as const

/** One line: `[critical] Firing: Breaker open: deployment we-premium`. */
export function messageHeadline({ type, data }: AlertMessage): string {
  return `[${data.severity}] ${words[type]}: ${data.sentence}`
}

/** Plain text for mails and chats. */
export function messageText(message: AlertMessage): string {
  const { data } = message
  return [
    messageHeadline(message),
    ...(data.about ? ['', data.about] : []),
    '',
    `Rule: ${data.name} (${data.rule})`,
    ...(data.firedAt ? [`Firing since: ${data.firedAt}`] : []),
    ...(data.resolvedAt ? [`Resolved: ${data.resolvedAt}`] : []),
    ...(data.requestIds.length > 0 ? [`Requests: ${data.requestIds.join(', ')}`] : []),
    '',
    data.url,
  ].join('\n')
}

export type WebhookFormat = 'standard' | 'slack' | 'teams'

/** The body of a webhook, in the shape that its receiver reads. */
export function webhookBody(message: AlertMessage, format: WebhookFormat): unknown {
  if (format === 'standard') return message
  return format === 'slack' ? slackBody(message) : teamsBody(message)
}

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slackBody(message: AlertMessage): unknown {
  const text = messageText(message).replace(/[&<>]/g, (sign) => slackEscapes[sign] ?? sign)
  return {
    text: messageHeadline(message).replace(/[&<>]/g, (sign) => slackEscapes[sign] ?? sign),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2_900) } }],
  }
}

const slackEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** An adaptive card, as Teams workflows take it. */
function teamsBody(message: AlertMessage): unknown {
  const { data } = message
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', weight: 'Bolder', wrap: true, text: messageHeadline(message) },
            { type: 'TextBlock', wrap: true, text: data.about },
            {
              type: 'FactSet',
              facts: [
                { title: 'Rule', value: data.name },
                { title: 'Since', value: data.firedAt ?? '–' },
                { title: 'Requests', value: data.requestIds.slice(0, 5).join(', ') || '–' },
              ],
            },
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open in the console', url: data.url }],
        },
      },
    ],
  }
}
