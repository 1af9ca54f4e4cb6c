import { nextHandler } from '#server/gateway/http/data-plane-route'
import { embeddings } from '#server/gateway/http/embeddings'

export const POST = nextHandler(embeddings)
