import type { Container } from '#server/create-container'
import { AppError } from '#server/http/app-error'

/** @throws AppError `invalid_request` naming `region.name` when the catalog has no such region. */
export function requireKnownRegion(container: Container, region: { name: string } | null): void {
  if (region === null) return
  const names = container.catalog.current().data.regions.map(({ name }) => name)
  if (names.includes(region.name)) return
  const message = `there is no region "${region.name}". Regions: ${names.join(', ')}`
  throw new AppError('invalid_request', {
    message: `region.name: ${message}.`,
    param: 'region.name',
    errors: [{ path: 'region.name', message }],
  })
}
