/** Lines of a byte stream, without their newline; the last may lack one. Splits at `\n` only, as JSON lines need. */
export async function* readLinesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let held: Buffer[] = []
  for await (const chunk of stream) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      held.push(chunk.subarray(start, end))
      yield Buffer.concat(held).toString('utf8')
      held = []
      start = end + 1
    }
    if (start < chunk.length) held.push(chunk.subarray(start))
  }
  if (held.length > 0) yield Buffer.concat(held).toString('utf8')
}
