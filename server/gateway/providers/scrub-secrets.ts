import { ProviderError } from '#server/gateway/providers/provider'

/** Shorter ones (`none`, `simulated`, as local servers are given) hide nothing and would garble ordinary words. */
const shortestSecret = 16

/** Replaces every occurrence of the secrets, as they are and as JSON writes them. */
function scrubText(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue
    clean = clean
      .replaceAll(secret, '[redacted]')
      .replaceAll(JSON.stringify(secret).slice(1, -1), '[redacted]')
  }
  return clean
}

/** The same JSON value with every text in it scrubbed. */
function scrubValue<Value>(value: Value, secrets: readonly string[]): Value {
  return JSON.parse(JSON.stringify(value), (_name, field) =>
    typeof field === 'string' ? scrubText(field, secrets) : field,
  )
}

/** Does something whose errors must not show the secrets. */
export async function scrubbing<Value>(
  secrets: readonly string[],
  act: () => Promise<Value>,
): Promise<Value> {
  try {
    return await act()
  } catch (error) {
    throw scrubError(error, secrets)
  }
}

/**
 * The same error without the secrets, wherever in its evidence they stood, so that a provider's echo of a key never
 * leaves its adapter. Errors that are no `ProviderError` come back as they are.
 */
export function scrubError(error: unknown, secrets: readonly string[]): unknown {
  if (!ProviderError.is(error)) return error
  return new ProviderError(scrubValue(error.evidence, secrets))
}
