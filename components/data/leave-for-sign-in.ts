const openPages = ['/sign-in', '/welcome']

/** Goes to the sign-in page and comes back here afterwards; does nothing on pages that need no session. */
export function leaveForSignIn(): void {
  const { pathname, search } = window.location
  if (openPages.includes(pathname)) return
  window.location.replace(`/sign-in?next=${encodeURIComponent(pathname + search)}`)
}

/** Where to go after signing in: a path of this site, never another origin. */
export function safeNextPath(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/'
  return next
}
