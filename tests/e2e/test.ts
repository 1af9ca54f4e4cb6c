import { test as base } from '@playwright/test'
import { startConsole, startTimeoutMs } from '#tests/e2e/start-console'

export interface SharedConsole {
  url: string
  /** A key with every data-plane scope. */
  apiKey: string
  /** Cookies of an admin. */
  adminState: Awaited<ReturnType<typeof signIn>>
}

/** Nobody is signed in. */
export const visitorState = { cookies: [], origins: [] }

/** Key of the data plane of every console that `adminEnv` starts. */
export const apiKey = 'e2e-data-plane-key-0123456789'
const admin = { email: 'ada@huntaze.test', password: 'lantern-orbit-violet-42' }

/** A console whose admin `signIn` knows. */
export const adminEnv = {
  HUNTAZE_BOOTSTRAP_API_KEY: apiKey,
  HUNTAZE_BOOTSTRAP_ADMIN_EMAIL: admin.email,
  HUNTAZE_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
}

/**
 * Browser tests over one running program, which files share; its pages are signed in as an admin unless a test says
 * otherwise. Tests leave the program as they found it, except for requests in its ledger.
 */
export const test = base.extend<object, { shared: SharedConsole }>({
  shared: [
    async ({ playwright }, use) => {
      const { program, stop } = await startConsole(adminEnv)
      await use({ url: program.url, apiKey, adminState: await signIn(playwright, program.url) })
      await stop()
    },
    { scope: 'worker', timeout: startTimeoutMs },
  ],
  baseURL: ({ shared }, use) => use(shared.url),
  storageState: ({ shared }, use) => use(shared.adminState),
})

/** Cookies of the admin of `adminEnv`. */
export async function signIn(playwright: typeof import('playwright-core'), baseURL: string) {
  const api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { origin: baseURL } })
  const answer = await api.post('/api/auth/sign-in/email', { data: admin })
  if (!answer.ok()) throw new Error(`signing in failed with ${answer.status()}: ${await answer.text()}`)
  const state = await api.storageState()
  await api.dispose()
  return state
}
