import { nextHandler } from '#server/gateway/http/data-plane-route'
import { usage } from '#server/gateway/http/usage'

export const GET = nextHandler(usage)
