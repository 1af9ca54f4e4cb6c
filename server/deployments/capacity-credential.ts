import type { TokenCredential } from '@azure/identity'
import { redactText } from '#lib/privacy/redact-text'

/** The identity with which this process speaks to Azure's resource manager. */
export interface CapacityCredential {
  get(): Promise<TokenCredential>
  /** Null when it gives tokens for the scope; else why not. Asked anew only now and then. */
  refusal(scope: string): Promise<string | null>
}

export interface CapacityCredentialOptions {
  nowMs: () => number
  /** Default: `DefaultAzureCredential`, loaded when it is needed. */
  open?: () => Promise<TokenCredential>
}

/** A token that was given is given again; one that was not may be by now. */
const trustedForMs = 10 * 60_000
const refusedForMs = 60_000
const longestMs = 10_000

export function createCapacityCredential({
  nowMs,
  open = openDefault,
}: CapacityCredentialOptions): CapacityCredential {
  let credential: Promise<TokenCredential> | null = null
  const known = new Map<string, { answer: Promise<string | null>; untilMs: number }>()
  const get = () => {
    credential ??= open().catch((error: unknown) => {
      credential = null
      throw error
    })
    return credential
  }
  return {
    get,
    refusal(scope) {
      const before = known.get(scope)
      if (before && nowMs() < before.untilMs) return before.answer
      const answer = ask(get, scope)
      const entry = { answer, untilMs: nowMs() + trustedForMs }
      known.set(scope, entry)
      return answer.then((refusal) => {
        if (refusal !== null) entry.untilMs = nowMs() + refusedForMs
        return refusal
      })
    },
  }
}

async function openDefault(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new DefaultAzureCredential()
}

async function ask(open: CapacityCredential['get'], scope: string): Promise<string | null> {
  try {
    const credential = await open()
    const token = await credential.getToken(scope, { abortSignal: AbortSignal.timeout(longestMs) })
    return token === null ? 'the identity gave no token' : null
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return redactText(message.split('\n')[0] ?? '').slice(0, 300)
  }
}
