/** What a request's headers say about its API key. */
export type PresentedKey = { kind: 'none' } | { kind: 'malformed' } | { kind: 'key'; secret: string }

const bearerForm = /^bearer +(\S+) *$/i

/**
 * Reads `Authorization: Bearer <key>` (OpenAI) and `api-key: <key>` (Azure). A bearer key wins; an `Authorization` of
 * another scheme counts only when there is no `api-key`, since proxies add their own.
 */
export function readKeyHeaders(authorization: string | null, apiKey: string | null): PresentedKey {
  const bearer = authorization === null ? null : bearerForm.exec(authorization)
  if (bearer?.[1]) return { kind: 'key', secret: bearer[1] }
  const given = apiKey?.trim()
  if (given) return { kind: 'key', secret: given }
  return authorization === null || authorization.trim() === '' || /^bearer *$/i.test(authorization)
    ? { kind: 'none' }
    : { kind: 'malformed' }
}
