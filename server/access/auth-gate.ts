import { z } from 'zod'
import { refusal } from '#server/access/auth-refusal'
import type { Auth } from '#server/access/create-auth'
import { hashSecret } from '#server/access/hash-secret'
import type { RateLimiter } from '#server/access/rate-limiter'
import { isTurnedAway, type SignInRecord, whyTurnedAway } from '#server/access/record-sign-in'
import { AppError } from '#server/http/app-error'
import { parseWith } from '#server/http/parse-with'
import { readJsonBody } from '#server/http/read-json-body'
import { requestIdHeader } from '#server/http/request-id'

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

export interface AuthGate {
  auth: Auth
  limiter: RateLimiter
  record: SignInRecord
}

/**
 * Serves `/api/auth/*`: an allow-list before better-auth, and its refusals as our errors. Answers carry the session in
 * an HttpOnly cookie only. Who came in, was turned away, or left stands in the audit log.
 *
 * @throws AppError for every refusal.
 */
export async function serveAuth(
  gate: AuthGate,
  { request, requestId }: { request: Request; requestId: string },
): Promise<Response> {
  const endpoint = `${request.method} ${new URL(request.url).pathname.slice(basePath.length)}`
  const schema = openEndpoints[endpoint]
  if (schema === undefined) throw new AppError('not_found', { message: 'There is no such sign-in address.' })
  if (schema === null) return serveCallback(gate, { request, requestId })
  const body = parseWith(schema, await readBody(request))
  const forwarded = withBody(request, { body, requestId })
  const answer = async () => withoutToken(await accepted(await gate.auth.handler(forwarded)))
  const signIn = signInBody.safeParse(body)
  if (signIn.success) return servePassword(gate, { email: signIn.data.email, requestId, answer })
  return serveSignedIn(gate, { endpoint, headers: request.headers, requestId, answer })
}

type Answer = () => Promise<Response>

/** Coming back from Microsoft: who is turned away is sent to the sign-in page with the reason. */
async function serveCallback(
  { auth, record }: AuthGate,
  { request, requestId: correlationId }: { request: Request; requestId: string },
): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set(requestIdHeader, correlationId)
  const answer = await accepted(await auth.handler(new Request(request, { headers })))
  const why = new URL(answer.headers.get('location') ?? '/', request.url).searchParams.get('error')
  if (why !== null)
    await record.refused({ email: null, method: 'microsoft', why: why.slice(0, 100), correlationId })
  return answer
}

async function servePassword(
  { limiter, record }: AuthGate,
  { email, requestId, answer }: { email: string; requestId: string; answer: Answer },
): Promise<Response> {
  await limiter.enforce(`account:${hashSecret(email.toLowerCase())}`, perAccountRule)
  try {
    return await answer()
  } catch (error) {
    if (isTurnedAway(error))
      await record.refused({ email, method: 'password', why: whyTurnedAway(error), correlationId: requestId })
    throw error
  }
}

/** Signing out and changing the password; whose it was is asked before. */
async function serveSignedIn(
  { auth, record }: AuthGate,
  { endpoint, headers, requestId, answer }: SignedInAct,
): Promise<Response> {
  const isPassword = endpoint === 'POST /change-password'
  const user = isPassword || endpoint === 'POST /sign-out' ? await auth.readSession(headers) : null
  if (user === null) return answer()
  const entry = { userId: user.id, correlationId: requestId }
  try {
    const done = await answer()
    if (isPassword) await record.changedPassword({ ...entry, refused: false })
    else await record.signedOut(entry)
    return done
  } catch (error) {
    if (isPassword && isTurnedAway(error)) await record.changedPassword({ ...entry, refused: true })
    throw error
  }
}

interface SignedInAct {
  endpoint: string
  headers: Headers
  requestId: string
  answer: Answer
}

/** No body counts as `{}`: signing out needs none. */
async function readBody(request: Request): Promise<unknown> {
  const length = request.headers.get('content-length')
  const isEmpty = length === '0' || (length === null && !request.headers.has('transfer-encoding'))
  return isEmpty ? {} : (await readJsonBody(request, bodyLimitBytes)).value
}

function withBody(request: Request, { body, requestId }: { body: unknown; requestId: string }): Request {
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  headers.delete('transfer-encoding')
  headers.set('content-type', 'application/json')
  headers.set(requestIdHeader, requestId)
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
