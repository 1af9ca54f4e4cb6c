/** A first request, ready for a shell. `origin` is where this console is open, since the API is there too. */
export function chatCommand(origin: string): string {
  return [
    `curl ${origin}/api/v1/chat/completions \\`,
    `  -H "Authorization: Bearer $HUNTAZE_API_KEY" -H "Content-Type: application/json" \\`,
    `  -d '{"model":"standard","messages":[{"role":"user","content":"Hello"}]}'`,
  ].join('\n')
}
