import { z } from 'zod'
import { fetchJson, sendJson } from '#components/data/fetch-json'
import type { acceptInviteBody } from '#lib/contracts/access'

/** Local account. @throws ApiProblem with the reason of a refusal. */
export function signInWithPassword(email: string, password: string): Promise<void> {
  return sendJson('/api/auth/sign-in/email', { method: 'POST', body: { email, password } })
}

/** Entra ID: the answer says where to go. */
export async function microsoftSignInUrl(callbackUrl: string): Promise<string> {
  const answer = await fetchJson(z.object({ url: z.string() }), '/api/auth/sign-in/social', {
    method: 'POST',
    body: { provider: 'microsoft', callbackURL: callbackUrl },
  })
  return answer.url
}

export function signOut(): Promise<void> {
  return sendJson('/api/auth/sign-out', { method: 'POST', body: {} })
}

/** Creates the invited person's account; the link works once. */
export function acceptInvite(body: z.input<typeof acceptInviteBody>): Promise<void> {
  return sendJson('/api/admin/invites/accept', { method: 'POST', body })
}
