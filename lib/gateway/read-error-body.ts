import type { ProviderErrorBody } from '#lib/gateway/failure'
import { asRecord, asTextOrNull } from '#lib/gateway/json-fields'

/** The `error` field of OpenAI's, Azure's or Anthropic's error bodies, whatever of it is there. */
export function readErrorBody(value: unknown): ProviderErrorBody {
  const error = asRecord(value)
  const body: ProviderErrorBody = {
    message:
      asTextOrNull(error?.message) ?? asTextOrNull(value) ?? 'The provider gave an error without a message.',
    type: asTextOrNull(error?.type),
    param: asTextOrNull(error?.param),
    code: asTextOrNull(error?.code),
  }
  return error?.innererror === undefined ? body : { ...body, innererror: error.innererror }
}
