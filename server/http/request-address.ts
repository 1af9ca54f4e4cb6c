/**
 * The request header in which `server/main.ts` hands on the caller's address. It sets the header on every request,
 * whatever the caller sent, so that nobody can choose an address.
 */
export const clientAddressHeader = 'x-huntaze-client-address'

/** The address that `server/main.ts` saw; `unknown` where no such server stands in front (`next dev`). */
export function requestAddress(request: Request): string {
  return request.headers.get(clientAddressHeader) ?? 'unknown'
}
