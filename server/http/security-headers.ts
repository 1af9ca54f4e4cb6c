import { randomBytes } from 'node:crypto'

/** Headers of everything that Next serves; the data plane answers programs, and says `nosniff` itself. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
}

/** A nonce for one page and the policy that names it. Source: https://www.w3.org/TR/CSP3/ */
export function contentSecurityPolicy(options: { development: boolean }): { nonce: string; policy: string } {
  const nonce = randomBytes(18).toString('base64')
  // Next's development build evaluates source maps; nothing that ships does.
  const evaluation = options.development ? " 'unsafe-eval'" : ''
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluation}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self' https://login.microsoftonline.com",
  ].join('; ')
  return { nonce, policy }
}

/** For answers over HTTPS: browsers stay on it for a year. */
export const strictTransportSecurity = 'max-age=31536000; includeSubDomains'
