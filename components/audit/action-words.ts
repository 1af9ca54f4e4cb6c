import { operatorActions } from '#lib/audit/audit-action'

const aiActions: Readonly<Record<string, string>> = {
  'ai.chat': 'Answered a chat',
  'ai.embeddings': 'Made embeddings',
}
const words: Readonly<Record<string, string>> = { ...operatorActions, ...aiActions }

/** What was done, for a person; an action of a later version as it is. */
export function actionWords(action: string): string {
  return words[action] ?? action
}
