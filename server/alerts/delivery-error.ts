const brand = Symbol.for('huntaze.DeliveryError')

/** A message that could not be delivered, and whether it is worth another try. */
export class DeliveryError extends Error {
  readonly [brand] = true
  readonly again: boolean

  constructor(message: string, again: boolean) {
    super(message)
    this.name = 'DeliveryError'
    this.again = again
  }

  static is(value: unknown): value is DeliveryError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** The refusal that lies at the bottom of a failed connection; null when something else failed. */
export function findDeliveryError(error: unknown): DeliveryError | null {
  for (let cause = error, depth = 0; cause && depth < 6; depth += 1) {
    if (DeliveryError.is(cause)) return cause
    cause = cause instanceof Error ? cause.cause : null
  }
  return null
}
