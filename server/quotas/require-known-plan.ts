import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

/** @throws AppError `invalid_request` naming `plan` when there is no such plan. */
export function requireKnownPlan({ quotas }: Pick<Container, 'quotas'>, plan: string): void {
  if (quotas.rules.hasPlan(plan)) return
  const names = quotas.rules.plans().map(({ name }) => name)
  const message = `there is no plan "${plan}". Plans: ${names.join(', ')}`
  throw new AppError('invalid_request', {
    message: `plan: ${message}`,
    param: 'plan',
    errors: [{ path: 'plan', message }],
  })
}
