import { request } from 'undici'

/**
 * Does the region's endpoint answer at all? Asks for the list of models without a credential: no tokens, no secret, and
 * a refusal (401) is as good an answer as a list. False on 5xx, no connection, or nothing within the time.
 */
export async function probeRegion(
  endpoint: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  try {
    const { statusCode, body } = await request(`${endpoint.replace(/\/+$/, '')}/openai/models`, {
      query: { 'api-version': '2024-10-21' },
      signal: limit,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    await body.dump({ limit: 65_536, signal: limit })
    return statusCode < 500
  } catch {
    return false // That is the answer: nobody is there.
  }
}
