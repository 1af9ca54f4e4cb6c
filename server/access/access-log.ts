/** The part of the program's log that access writes to. Fields never hold a secret, a token or an e-mail address. */
export interface AccessLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}
