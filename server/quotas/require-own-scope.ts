import type { QuotaScope } from '#lib/quotas/quota-terms'
import { AppError } from '#server/http/app-error'

/** @throws AppError `invalid_request` naming `scopeId` when an account's own limit names another account. */
export function requireOwnScope(body: { accountId: string; scope: QuotaScope; scopeId: string }): void {
  if (body.scope !== 'account' || body.scopeId === body.accountId) return
  const message = 'must be the account itself where the scope is "account"'
  throw new AppError('invalid_request', {
    message: `scopeId: ${message}`,
    param: 'scopeId',
    errors: [{ path: 'scopeId', message }],
  })
}
