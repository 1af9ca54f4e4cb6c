import type { AccountRegion } from '#lib/contracts/access'
import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

/** @throws AppError `invalid_request` naming `region.name` when the catalog has no such region. */
export function requireKnownRegion(container: Container, region: { name: string } | null): void {
  if (region === null) return
  const names = container.catalog.current().data.regions.map(({ name }) => name)
  if (names.includes(region.name)) return
  throw wrongRegion(`there is no region "${region.name}". Regions: ${names.join(', ')}`)
}

/**
 * A key may not require another region than its account does: its requests could be served nowhere.
 *
 * @throws AppError `invalid_request` naming `region.name`.
 */
export async function requireRegionOfAccount(container: Container, key: AccountRegion): Promise<void> {
  if (key.region?.mode !== 'require') return
  const { region } = await container.access.accounts.region(key.accountId)
  if (region?.mode !== 'require' || region.name === key.region.name) return
  throw wrongRegion(
    `the account ${key.accountId} requires region "${region.name}", so its keys cannot require "${key.region.name}"`,
  )
}

/**
 * The same for an account whose keys require regions already.
 *
 * @throws AppError `invalid_request` naming `region.name` and the keys.
 */
export async function requireRegionOfKeys(container: Container, account: AccountRegion): Promise<void> {
  const { accountId, region } = account
  if (region?.mode !== 'require') return
  const others = (await container.access.keys.list()).filter(
    (key) =>
      key.accountId === accountId &&
      key.state === 'active' &&
      key.region?.mode === 'require' &&
      key.region.name !== region.name,
  )
  if (others.length === 0) return
  const names = others.map((key) => `${key.id} (${key.region?.name})`).join(', ')
  throw wrongRegion(`keys of ${accountId} require another region; revoke them first: ${names}`)
}

function wrongRegion(message: string): AppError {
  return new AppError('invalid_request', {
    message: `region.name: ${message}.`,
    param: 'region.name',
    errors: [{ path: 'region.name', message }],
  })
}
