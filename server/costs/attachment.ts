/** An answer that a browser saves as a file. */
export function attachment(body: ReadableStream<Uint8Array> | string, fileName: string): Response {
  const type = fileName.endsWith('.csv') ? 'text/csv' : 'application/json'
  return new Response(body, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    },
  })
}
