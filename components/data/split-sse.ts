/** What is whole in `buffer` as `data` texts, one an event, and what is not yet. Comments and other fields are left out. */
export function splitSse(buffer: string): { events: string[]; rest: string } {
  const blocks = buffer.replaceAll('\r\n', '\n').split('\n\n')
  const rest = blocks.pop() ?? ''
  const events = blocks.flatMap((block) => {
    const data = block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).replace(/^ /, ''))
    return data.length === 0 ? [] : [data.join('\n')]
  })
  return { events, rest }
}
