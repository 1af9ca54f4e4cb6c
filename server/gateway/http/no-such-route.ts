import { AppError } from '#server/http/app-error'
import { openAiErrorResponse } from '#server/http/error-response'
import { newRequestId } from '#server/http/request-id'

/** 404 of the data plane, in OpenAI's shape. */
export async function unknownDataPlanePath(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname
  const message = `There is nothing at ${path.slice(0, 200)}; /api/v1/openapi.json lists what there is.`
  return openAiErrorResponse(new AppError('not_found', { message }), newRequestId())
}

/** 405 of the data plane, in OpenAI's shape. */
export function wrongMethod(allowed: string) {
  return async (request: Request): Promise<Response> => {
    const error = new AppError('method_not_allowed', {
      message: `${request.method} is not taken here; use ${allowed}.`,
    })
    const response = openAiErrorResponse(error, newRequestId())
    response.headers.set('allow', allowed)
    return response
  }
}
