import { nextHandler } from '#server/gateway/http/data-plane-route'
import { trainingConsents } from '#server/models/http/training-consents'

export const POST = nextHandler(trainingConsents)
