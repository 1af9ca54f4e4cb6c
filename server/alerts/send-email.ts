import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { type AlertMessage, messageHeadline, messageText } from '#lib/alerts/alert-message'
import { isLoopbackAddress, type PrivateHostPolicy } from '#lib/alerts/delivery-address'
import type { EmailConfig } from '#lib/contracts/alert-channels'
import { DeliveryError } from '#server/alerts/delivery-error'
import { resolveGuarded } from '#server/alerts/guarded-lookup'

const timeoutMs = 10_000

export interface Mail {
  id: string
  message: AlertMessage
  config: EmailConfig
  /** Of the user; null = no sign-in. */
  password: string | null
  policy: PrivateHostPolicy
}

/**
 * Sends a message by SMTP. The host is resolved and judged here, and the connection goes to that very address.
 * @throws DeliveryError, or what the connection threw
 */
export async function sendEmail({ id, message, config, password, policy }: Mail): Promise<void> {
  const { host, port, security, user, from, to } = config
  if (security === 'none' && !isLoopbackAddress(host))
    throw new DeliveryError('mail goes out without encryption to loopback only', false)
  const transport = createTransport({
    host: await resolveGuarded(host, policy),
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', ...(isIP(host) ? {} : { servername: host }) },
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: messageHeadline(message),
      text: messageText(message),
      messageId: `<${id}@${from.split('@')[1] ?? 'localhost'}>`,
      headers: { 'X-Huntaze-Alert': message.data.alertId },
    })
  } finally {
    transport.close()
  }
}
