import { chatCompletions } from '#server/gateway/http/chat-completions'
import { nextHandler } from '#server/gateway/http/data-plane-route'

export const POST = nextHandler(chatCompletions)
