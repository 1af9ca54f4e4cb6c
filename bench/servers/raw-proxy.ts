/**
 * The least a Node proxy can do: node:http in, an undici pool out, bytes passed through both ways unread.
 * UPSTREAM names the origin; prints `listening <port>` when ready; PORT=0 picks a free one.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { Pool } from 'undici'

const upstream = process.env.UPSTREAM
if (upstream === undefined) throw new Error('UPSTREAM is not set')

const pool = new Pool(upstream, { connections: 512, pipelining: 1, keepAliveTimeout: 600_000 })

const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
  const cancelled = new AbortController()
  response.on('close', () => cancelled.abort())
  try {
    const answer = await pool.request({
      method: 'POST',
      path: request.url ?? '/',
      headers: {
        'content-type': request.headers['content-type'] ?? 'application/json',
        ...(request.headers['content-length'] ? { 'content-length': request.headers['content-length'] } : {}),
        authorization: request.headers.authorization ?? '',
      },
      body: request,
      signal: cancelled.signal,
    })
    response.writeHead(answer.statusCode, answer.headers)
    pipeline(answer.body, response, () => {})
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy()
    else response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error))
  }
})

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const address = server.address() as AddressInfo
  console.log(`listening ${address.port}`)
})
