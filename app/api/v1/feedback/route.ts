import { feedback } from '#server/experiments/http/feedback'
import { nextHandler } from '#server/gateway/http/data-plane-route'

export const POST = nextHandler(feedback)
