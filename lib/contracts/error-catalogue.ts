/**
 * Every error this program answers with: one row gives status, OpenAI's `type`, and the words. `type` follows
 * OpenAI's error object (https://platform.openai.com/docs/guides/error-codes); `title` is problem+json's.
 */
export const errorCatalogue = {
  invalid_json: { status: 400, type: 'invalid_request_error', title: 'The body is not valid JSON' },
  invalid_utf8: { status: 400, type: 'invalid_request_error', title: 'The body is not valid UTF-8' },
  invalid_request: { status: 400, type: 'invalid_request_error', title: 'The request has mistakes' },
  unsupported_media_type: {
    status: 415,
    type: 'invalid_request_error',
    title: 'The body must be application/json',
  },
  body_too_large: { status: 413, type: 'invalid_request_error', title: 'The body is larger than allowed' },
  body_incomplete: {
    status: 400,
    type: 'invalid_request_error',
    title: 'The body ended before it was whole',
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    title: 'This address does not take that method',
  },
  not_found: { status: 404, type: 'invalid_request_error', title: 'There is nothing here' },
  conflict: {
    status: 409,
    type: 'invalid_request_error',
    title: 'The change conflicts with the present state',
  },
  model_not_found: { status: 404, type: 'invalid_request_error', title: 'No such model, tier or deployment' },
  region_not_available: {
    status: 400,
    type: 'invalid_request_error',
    title: 'Not served in the required region',
  },
  model_not_suitable: { status: 400, type: 'invalid_request_error', title: 'The model cannot do this' },
  missing_api_key: { status: 401, type: 'authentication_error', title: 'No API key was given' },
  invalid_api_key: { status: 401, type: 'authentication_error', title: 'The API key is not known' },
  revoked_api_key: { status: 401, type: 'authentication_error', title: 'The API key was revoked' },
  expired_api_key: { status: 401, type: 'authentication_error', title: 'The API key has expired' },
  not_signed_in: { status: 401, type: 'authentication_error', title: 'Nobody is signed in' },
  missing_scope: { status: 403, type: 'permission_error', title: 'The API key lacks a scope' },
  consent_required: {
    status: 403,
    type: 'permission_error',
    title: 'The person has not consented to training',
  },
  missing_role: { status: 403, type: 'permission_error', title: 'This needs a higher role' },
  foreign_origin: { status: 403, type: 'permission_error', title: 'The request comes from another origin' },
  rate_limited: { status: 429, type: 'rate_limit_error', title: 'Too many requests' },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    title: 'A limit of the plan is reached for now',
  },
  insufficient_quota: {
    status: 429,
    type: 'insufficient_quota',
    title: 'A quota or budget is used up',
  },
  quota_unavailable: {
    status: 503,
    type: 'server_error',
    title: 'Quotas cannot be counted at the moment',
  },
  content_filter: {
    status: 400,
    type: 'invalid_request_error',
    title: "The provider's content filter refused",
  },
  context_length_exceeded: {
    status: 400,
    type: 'invalid_request_error',
    title: 'The input is too long for the model',
  },
  provider_refused: { status: 400, type: 'invalid_request_error', title: 'The provider refused the request' },
  provider_rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    title: 'Every provider route is at its limit',
  },
  provider_unavailable: { status: 503, type: 'server_error', title: 'No provider route answered' },
  provider_timeout: { status: 504, type: 'server_error', title: 'No provider route answered in time' },
  overloaded: { status: 503, type: 'server_error', title: 'More requests than the deployments can take' },
  stream_interrupted: { status: 502, type: 'server_error', title: 'The stream was cut before its end' },
  cancelled: { status: 499, type: 'invalid_request_error', title: 'The caller went away' },
  ledger_unavailable: { status: 503, type: 'server_error', title: 'Usage cannot be recorded at the moment' },
  shutting_down: { status: 503, type: 'server_error', title: 'This instance is shutting down' },
  internal_error: { status: 500, type: 'server_error', title: 'Something failed here' },
} as const satisfies Record<string, { status: number; type: string; title: string }>

export type ErrorCode = keyof typeof errorCatalogue
