import { consoleAccount } from '#lib/access/console-account'
import { dataPlaneScopes } from '#lib/contracts/access'
import { answerChatCall } from '#server/gateway/http/chat-completions'
import { AppError } from '#server/http/app-error'
import { defineRoute } from '#server/http/define-route'
import { openAiErrorResponse } from '#server/http/error-response'
import { readJsonBody } from '#server/http/read-json-body'
import { traceContext } from '#server/http/request-id'

/**
 * `POST /api/admin/playground/chat`: the data plane's chat for a signed-in operator, on the console's own account
 * (`acc_console`), so that playing is in the ledger like everything else.
 */
export const playgroundChat = defineRoute({
  role: 'operator',
  audits: 'ai',
  about: 'Chat from the playground, as the data plane answers it',
  handle: async ({ container, actor, request, requestId }) => {
    const { value } = await readJsonBody(request, container.bodyLimitBytes)
    const principal = {
      accountId: consoleAccount,
      plan: 'unlimited',
      keyId: actor.id,
      scopes: new Set(dataPlaneScopes),
      regions: [],
      streamMode: null,
    }
    try {
      return await answerChatCall(
        {
          container,
          principal,
          requestId,
          correlationId: requestId,
          trace: traceContext(request.headers.get('traceparent')),
          startedAtMs: container.clock.nowMs(),
          startedMs: container.clock.monotonicMs(),
          request,
          params: {},
        },
        value,
      )
    } catch (thrown) {
      if (!AppError.is(thrown)) throw thrown
      container.log.forError(thrown, { requestId, correlationId: requestId })
      return openAiErrorResponse(thrown, requestId)
    }
  },
})
