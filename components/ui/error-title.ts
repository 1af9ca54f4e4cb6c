import { errorCatalogue } from '#lib/contracts/error-catalogue'

const titles = new Map<string, string>(
  Object.entries(errorCatalogue).map(([code, { title }]) => [code, title]),
)

/** An error code in words; codes that the catalogue does not know are shown as they are. */
export function errorTitle(code: string | null): string | null {
  return code === null ? null : (titles.get(code) ?? code)
}
