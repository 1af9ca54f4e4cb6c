const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The origins from which browsers use the console: that of `publicUrl`, and when that is this machine itself, also its
 * other names at the same port.
 */
export function ownOrigins(publicUrl: string): string[] {
  const { origin, protocol, hostname, port } = new URL(publicUrl)
  if (!loopbackNames.includes(hostname)) return [origin]
  const others = loopbackNames.map((name) => `${protocol}//${name}${port ? `:${port}` : ''}`)
  return [...new Set([origin, ...others])]
}
