/** What may be said about a failure: no statement, no parameter, no row. */
export interface SafeCause {
  /** Of the innermost error. */
  name: string
  /** The messages from the outermost to the innermost error. */
  message: string
  /** SQLSTATE or system error code, when there is one. */
  code?: string
}

/**
 * An error without what drizzle and Postgres add to it: drizzle's message repeats the parameters of the statement
 * (session tokens, password hashes, addresses), Postgres' `detail` repeats the row.
 */
export function safeCause(thrown: unknown): SafeCause {
  const chain = causesOf(thrown)
  const innermost = chain.at(-1)
  if (!innermost) return { name: 'unknown', message: 'something that is no error was thrown' }
  const messages = chain
    .map(({ message }) => message)
    .filter((message) => message && !message.startsWith('Failed query'))
  const code = 'code' in innermost && typeof innermost.code === 'string' ? innermost.code : undefined
  return {
    name: innermost.name,
    message:
      messages.length > 0 ? messages.join(': ').slice(0, 500) : 'the database did not answer as it should',
    ...(code ? { code } : {}),
  }
}

/** An error to pass on as a cause, made of `safeCause` alone; it keeps the place where the failure was first seen. */
export function safeError(thrown: unknown): Error {
  const { name, message, code } = safeCause(thrown)
  const error = Object.assign(new Error(message), { name }, code ? { code } : {})
  const frames = thrown instanceof Error ? framesOf(thrown) : []
  error.stack = [`${name}: ${message}`, ...frames].join('\n')
  return error
}

function causesOf(thrown: unknown): Error[] {
  const chain: Error[] = []
  let error = thrown
  while (error instanceof Error && !chain.includes(error)) {
    chain.push(error)
    error = error.cause
  }
  return chain
}

/** The lines of a stack below the message, which may itself hold lines that look like them. */
function framesOf(error: Error): string[] {
  const below = (error.stack ?? '').split(error.message).at(-1) ?? ''
  return below.split('\n').filter((line) => /^\s+at /.test(line))
}
