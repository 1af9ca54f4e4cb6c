import type { Container } from '#server/create-container'

const key = Symbol.for('huntaze.container')
const shared = globalThis as { [key]?: Promise<Container> }

/**
 * The process's one container. It lives on `globalThis` because Next loads modules more than once a process;
 * `server/main.ts` opens it at start, anything else that asks first opens it from the environment.
 */
export function getContainer(): Promise<Container> {
  shared[key] ??= import('#server/open-container').then(({ openContainer }) => openContainer())
  return shared[key]
}

/** Makes `container` the process's one. */
export function setContainer(container: Promise<Container>): void {
  shared[key] = container
}
