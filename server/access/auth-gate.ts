import { z } from 'zod'
import { refusal } from '#server/access/auth-refusal'
import type { Auth } from '#server/access/create-auth'
import { hashSecret } from '#server/access/hash-secret'
import type { RateLimiter } from '#server/access/rate-limiter'
import { AppError } from '#server/http/app-error'
import { parseWith } from '#server/http/parse-with'
import { readJsonBody } from '#server/http/read-json-body'

const basePath = '/api/auth'
const bodyLimitBytes = 16 * 1024
/** Attempts on one account from anywhere: slows guessing from many addresses, and bounds locking somebody out. */
const perAccountRule = { max: 20, windowMs: 60_000 }

const url = z.string().min(1).max(2000)
const password = z.string().min(1).max(128)
const signInBody = z.strictObject({ email: z.email().max(200), password, rememberMe: z.boolean().optional() })

/** What of better-auth is open, with the body each takes; everything else answers 404. */
const openEndpoints: Readonly<Record<string, z.ZodType | null>> = {
  'POST /sign-in/email': signInBody,
  'POST /sign-in/social': z.strictObject({
    provider: z.literal('microsoft'),
    callbackURL: url.optional(),
    errorCallbackURL: url.optional(),
    disableRedirect: z.boolean().optional(),
  }),
  'POST /sign-out': z.strictObject({}),
  'POST /change-password': z.strictObject({
    currentPassword: password,
    newPassword: z.string().min(12, 'must be at least 12 characters').max(128),
    revokeOtherSessions: z.boolean().optional(),
  }),
  'GET /callback/microsoft': null,
}

/**
 * Serves `/api/auth/*`: an allow-list before better-auth, and its refusals as our errors. Answers carry the session in
 * an HttpOnly cookie only.
 *
 * @throws AppError for every refusal.
 */
export async function serveAuth(
  { auth, limiter }: { auth: Auth; limiter: RateLimiter },
  request: Request,
): Promise<Response> {
  const endpoint = `${request.method} ${new URL(request.url).pathname.slice(basePath.length)}`
  const schema = openEndpoints[endpoint]
  if (schema === undefined) throw new AppError('not_found', { message: 'There is no such sign-in address.' })
  if (schema === null) return accepted(await auth.handler(request))
  const body = parseWith(schema, await readBody(request))
  const signIn = signInBody.safeParse(body)
  if (signIn.success) {
    await limiter.enforce(`account:${hashSecret(signIn.data.email.toLowerCase())}`, perAccountRule)
  }
  return withoutToken(await accepted(await auth.handler(withBody(request, body))))
}

/** No body counts as `{}`: signing out needs none. */
async function readBody(request: Request): Promise<unknown> {
  const length = request.headers.get('content-length')
  const isEmpty = length === '0' || (length === null && !request.headers.has('transfer-encoding'))
  return isEmpty ? {} : (await readJsonBody(request, bodyLimitBytes)).value
}

function withBody(request: Request, body: unknown): Request {
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  headers.delete('transfer-encoding')
  headers.set('content-type', 'application/json')
  return new Request(request.url, { method: request.method, headers, body: JSON.stringify(body) })
}

/** @throws AppError when better-auth refused. */
async function accepted(answer: Response): Promise<Response> {
  if (answer.status >= 400) throw await refusal(answer)
  return answer
}

/** better-auth repeats the session's token in the body; scripts on the page have no use for it. */
async function withoutToken(answer: Response): Promise<Response> {
  const { token: _, ...body } = z.looseObject({}).parse(await answer.json())
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  headers.set('cache-control', 'no-store')
  return new Response(JSON.stringify(body), { status: answer.status, headers })
}
