'use client'

import { useEffect, useState } from 'react'
import { useChatRuns } from '#components/data/use-chat-runs'
import { useRequest } from '#components/data/use-request'
import { useUrlParams } from '#components/data/use-url-params'
import { AnswerColumns } from '#components/playground/answer-columns'
import {
  type Conversation,
  conversationBody,
  conversationFromPrompt,
  freshConversation,
} from '#components/playground/conversation'
import { ConversationForm } from '#components/playground/conversation-form'
import classes from './playground.module.css'

/** How does it answer? */
export function PlaygroundPage() {
  const { get } = useUrlParams()
  const model = get('model')
  const { data: request } = useRequest(get('request'))
  const [conversation, setConversation] = useState<Conversation>(() =>
    model ? { ...freshConversation, targets: [model] } : freshConversation,
  )
  const { runs, running, start, stop } = useChatRuns()
  const prompt = request?.promptText ?? null
  useEffect(() => {
    if (prompt !== null) setConversation((last) => ({ ...last, ...conversationFromPrompt(prompt) }))
  }, [prompt])
  return (
    <div className={classes.page}>
      <h2 className={classes.hidden}>Conversation and answers</h2>
      <ConversationForm
        conversation={conversation}
        onChange={setConversation}
        running={running}
        note={
          request && prompt === null
            ? 'The prompt of that request was not kept, so only its model is taken over.'
            : null
        }
        onRun={() => start(conversation.targets, conversationBody(conversation))}
        onStop={stop}
      />
      <AnswerColumns runs={runs} />
    </div>
  )
}
