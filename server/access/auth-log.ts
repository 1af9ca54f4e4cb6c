import type { AccessLog } from '#server/access/access-log'
import { safeCause } from '#server/telemetry/safe-cause'

type Level = 'debug' | 'info' | 'success' | 'warn' | 'error'

const levels = { debug: 'info', info: 'info', success: 'info', warn: 'warn', error: 'error' } as const

/**
 * better-auth's logger, written to ours. Of what it passes only its own words go through: its messages can quote
 * addresses with their query, and its errors repeat statements with their parameters (session tokens, hashes).
 */
export function authLogger(log: AccessLog) {
  return {
    level: 'warn',
    disableColors: true,
    log: (level: Level, message: unknown, ...details: unknown[]) => {
      const causes = details.filter((detail) => detail instanceof Error).map(safeCause)
      log[levels[level]](
        { source: 'better-auth', ...(causes[0] ? { cause: causes[0] } : {}) },
        ownWords(message),
      )
    },
  } as const
}

function ownWords(message: unknown): string {
  if (typeof message !== 'string' || message === '') return 'better-auth reported a problem'
  if (message.startsWith('Failed query')) return 'A database query of better-auth failed'
  return message.replaceAll(/\?\S*/g, '?…').slice(0, 200)
}
