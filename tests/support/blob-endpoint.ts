import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface BlobEndpoint {
  /** For `BlobServiceClient.fromConnectionString`. */
  connectionString: string
  /** Texts by `container/name`. */
  blobs: Map<string, string>
  /** Requests as they came: `PUT huntaze-audit/x.json if-none-match=*`. */
  requests: string[]
  /** So many requests from now on are answered with 503. */
  failNext(count: number): void
  close(): Promise<void>
}

/** The part of Azure Blob Storage's protocol that block blobs need, on loopback. Source: the service's REST reference, version 2021-12-02. */
export async function startBlobEndpoint(): Promise<BlobEndpoint> {
  const blobs = new Map<string, string>()
  const containers = new Set<string>()
  const requests: string[] = []
  let failures = 0
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://loopback')
      const path = decodeURIComponent(url.pathname).replace(/^\/account\//, '')
      const condition = request.headers['if-none-match'] ?? ''
      requests.push(`${request.method} ${path}${condition ? ` if-none-match=${condition}` : ''}`)
      if (failures > 0) {
        failures -= 1
        return fail(response, 503, 'ServerBusy')
      }
      const [container = ''] = path.split('/')
      const isContainer = url.searchParams.get('restype') === 'container'
      if (isContainer && request.method === 'PUT') {
        if (containers.has(container)) return fail(response, 409, 'ContainerAlreadyExists')
        containers.add(container)
        return answer(response, 201)
      }
      if (!containers.has(container)) return fail(response, 404, 'ContainerNotFound')
      if (isContainer) return list(response, { url, container, blobs })
      if (request.method === 'PUT') {
        if (condition === '*' && blobs.has(path)) return fail(response, 409, 'BlobAlreadyExists')
        blobs.set(path, body)
        return answer(response, 201)
      }
      const text = blobs.get(path)
      if (text === undefined) return fail(response, 404, 'BlobNotFound')
      // A HEAD has the length of what a GET would bring.
      answer(response, 200, text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const key = Buffer.alloc(32, 1).toString('base64')
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${key};BlobEndpoint=http://127.0.0.1:${port}/account;`,
    blobs,
    requests,
    failNext(count) {
      failures = count
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function answer(response: ServerResponse, status: number, body = '', headers = {}): void {
  response
    .writeHead(status, {
      etag: '"0x8D"',
      'last-modified': new Date(0).toUTCString(),
      'x-ms-request-id': '00000000-0000-0000-0000-000000000000',
      'x-ms-version': '2021-12-02',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body)
}

function fail(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
  answer(response, status, body, { 'x-ms-error-code': code, 'content-type': 'application/xml' })
}

function list(
  response: ServerResponse,
  { url, container, blobs }: { url: URL; container: string; blobs: ReadonlyMap<string, string> },
): void {
  const prefix = url.searchParams.get('prefix') ?? ''
  const names = [...blobs.keys()]
    .filter((path) => path.startsWith(`${container}/${prefix}`))
    .map((path) => path.slice(container.length + 1))
    .toSorted()
  const items = names.map((name) => `<Blob><Name>${name}</Name><Properties></Properties></Blob>`).join('')
  const body = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="${container}"><Blobs>${items}</Blobs><NextMarker /></EnumerationResults>`
  answer(response, 200, body, { 'content-type': 'application/xml' })
}
