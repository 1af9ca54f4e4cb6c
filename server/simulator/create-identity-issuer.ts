import { randomUUID } from 'node:crypto'
import type { IdentitySettings } from '#lib/contracts/simulator'

/** One issued token. Times are Unix seconds. */
export interface IssuedToken {
  accessToken: string
  notBefore: number
  expiresOn: number
  expiresInSeconds: number
}

/** The authority behind all identity endpoints. */
export interface IdentityIssuer {
  configure(settings: IdentitySettings): void
  /** Current settings and how many tokens were issued, in all and per endpoint. */
  report(): Required<IdentitySettings> & { tokensIssued: number; tokensIssuedBy: Record<string, number> }
  /** True when this request has to fail; uses up one of `failNextRequests`. */
  takeFailure(): boolean
  issue(request: { endpoint: string; audience: string; subject: string }): IssuedToken
}

const DEFAULT_EXPIRES_IN_SECONDS = 3_600
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens look like JWTs and say that they are simulated; their signature proves nothing. */
export function createIdentityIssuer(now: () => number): IdentityIssuer {
  const settings = { expiresInSeconds: DEFAULT_EXPIRES_IN_SECONDS, delayMs: 0, failNextRequests: 0 }
  const issuedBy = new Map<string, number>()
  return {
    configure: (wanted) => {
      for (const key of ['expiresInSeconds', 'delayMs', 'failNextRequests'] as const) {
        settings[key] = wanted[key] ?? settings[key]
      }
    },
    report: () => ({
      ...settings,
      tokensIssued: [...issuedBy.values()].reduce((sum, count) => sum + count, 0),
      tokensIssuedBy: Object.fromEntries(issuedBy),
    }),
    takeFailure: () => {
      if (settings.failNextRequests === 0) return false
      settings.failNextRequests -= 1
      return true
    },
    issue: ({ endpoint, audience, subject }) => {
      issuedBy.set(endpoint, (issuedBy.get(endpoint) ?? 0) + 1)
      const notBefore = Math.floor(now() / 1000)
      const expiresOn = notBefore + settings.expiresInSeconds
      const header = part({ typ: 'JWT', alg: 'none', simulated: true })
      const claims = part({
        aud: audience,
        sub: subject,
        iss: 'huntaze-simulator',
        iat: notBefore,
        nbf: notBefore,
        exp: expiresOn,
        jti: randomUUID(),
      })
      return {
        accessToken: `${header}.${claims}.simulated`,
        notBefore,
        expiresOn,
        expiresInSeconds: settings.expiresInSeconds,
      }
    },
  }
}
