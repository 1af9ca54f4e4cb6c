import { createHash } from 'node:crypto'

/** Under what a unit of an account is kept with an experiment: nobody can tell from it whom it means. */
export function unitKey({
  experimentId,
  accountId,
  unit,
}: {
  experimentId: string
  accountId: string
  unit: string
}): string {
  return createHash('sha256')
    .update(`${experimentId}\0${accountId}\0${unit}`)
    .digest('base64url')
    .slice(0, 32)
}
