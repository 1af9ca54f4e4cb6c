import { type ApiProblem, readProblem, unreachable } from '#components/data/api-problem'

export interface FileUpload {
  path: string
  file: File
  contentType: string
  /** Share of the file that has gone out, 0–1. */
  onProgress: (share: number) => void
  signal?: AbortSignal
}

/**
 * Sends a file as the body, as it is read from the disk; `fetch` cannot say how far it is. Resolves to the answer's text.
 * @throws ApiProblem for every answer that is not 2xx, or that never came.
 */
export function uploadFile({ path, file, contentType, onProgress, signal }: FileUpload): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = new XMLHttpRequest()
  request.open('POST', path)
  request.setRequestHeader('content-type', contentType)
  request.setRequestHeader('accept', 'application/json')
  request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total)
  request.onerror = () => reject(unreachable(new Error('the connection broke off')))
  request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'))
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) resolve(request.responseText)
    else void problemOf(request).then(reject)
  }
  signal?.addEventListener('abort', () => request.abort(), { once: true })
  request.send(file)
  return promise
}

function problemOf(request: XMLHttpRequest): Promise<ApiProblem> {
  const headers = { 'x-request-id': request.getResponseHeader('x-request-id') ?? '' }
  return readProblem(new Response(request.responseText, { status: request.status, headers }))
}
