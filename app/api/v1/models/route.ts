import { nextHandler } from '#server/gateway/http/data-plane-route'
import { models } from '#server/gateway/http/models'

export const GET = nextHandler(models)
