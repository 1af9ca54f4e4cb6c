import { describeDataPlane } from '#lib/contracts/describe-data-plane'
import { getContainer } from '#server/container'

/** `GET /api/v1/openapi.json`: the data plane's contract, made from the schemas that requests are checked with. */
export async function openApi(): Promise<Response> {
  const container = await getContainer()
  return Response.json(
    describeDataPlane({ version: container.version, serverUrl: `${container.publicUrl()}/api/v1` }),
  )
}
