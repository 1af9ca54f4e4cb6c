/** What the program demands together with `DATABASE_URL`. */
export const outsideDatabaseSecrets = {
  AUTH_SECRET: 'a'.repeat(32),
  HUNTAZE_SIGNING_KEY: 'c2lnbmluZy1rZXktb2YtMzItYnl0ZXMtZm9yLXRlc3Q=',
  HUNTAZE_PSEUDONYM_KEY: 'p'.repeat(32),
} as const
