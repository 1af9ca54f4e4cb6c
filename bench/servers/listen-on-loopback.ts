/**
 * Preload (`node --import`) for servers of others that would listen on every address: a `listen` on a bare
 * port binds 127.0.0.1. It acts once, at start, so it costs nothing while requests are measured.
 */
import { Server } from 'node:net'

const listen = Server.prototype.listen

Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  const [port, next, ...rest] = args
  const namesNoHost = typeof port === 'number' && typeof next !== 'string'
  const bound = namesNoHost ? [port, '127.0.0.1', ...(next === undefined ? rest : [next, ...rest])] : args
  return Reflect.apply(listen, this, bound)
}
