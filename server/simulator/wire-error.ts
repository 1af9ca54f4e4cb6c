const BRAND = Symbol.for('huntaze.simulator.wire-error')

/** An error answer of a simulated provider, before it takes the provider's own shape. */
export interface WireErrorParts {
  status: number
  code: string | null
  message: string
  /** OpenAI's `type`; derived from the status when left out. */
  type?: string | null
  param?: string | null
  headers?: Readonly<Record<string, string>>
  /** Azure's detail of a content-filter refusal. */
  innerError?: unknown
  /** Sent as the whole body instead of a provider-shaped error. */
  rawBody?: unknown
}

/** Thrown by handlers; the dispatcher turns it into the answer. Recognise it with `isWireError`. */
export class WireError extends Error {
  readonly brand = BRAND
  readonly parts: WireErrorParts

  constructor(parts: WireErrorParts) {
    super(parts.message)
    this.name = 'WireError'
    this.parts = parts
  }
}

/** Recognises a WireError by brand, so that two copies of this module agree. */
export function isWireError(error: unknown): error is WireError {
  return error instanceof Error && 'brand' in error && error.brand === BRAND
}

/** A 400 that names the offending parameter. */
export function badRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
): WireError {
  return new WireError({ status: 400, code, message, type: 'invalid_request_error', param })
}
