import { nextHandler } from '#server/gateway/http/data-plane-route'
import { trainingExamples } from '#server/models/http/training-examples'

export const POST = nextHandler(trainingExamples)
