import { readdir } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RouteDeclaration } from '#server/http/define-route'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** A route of the control plane as it is declared. */
export interface AdminRoute {
  method: (typeof methods)[number]
  /** With `{name}` where a part of the path is given, e.g. `/api/admin/keys/{id}/revoke`. */
  path: string
  /** Null for a handler that `defineRoute` did not make: nobody knows what it does. */
  declaration: RouteDeclaration | null
}

/**
 * Every route under `app/api/admin`, in the order of their paths, read from the files themselves: what is there is
 * described, and what is described is there. `directory` is the program's own.
 */
export async function readAdminRoutes(directory: string): Promise<AdminRoute[]> {
  const root = join(directory, 'app', 'api', 'admin')
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(`${sep}route.ts`))
  const routes = await Promise.all(files.map((file) => readRoutes(join(root, file), root)))
  return routes.flat().toSorted((a, b) => (a.path === b.path ? 0 : a.path < b.path ? -1 : 1))
}

async function readRoutes(file: string, root: string): Promise<AdminRoute[]> {
  // Bundlers leave it alone: it is Node that reads these files, as it does at the start.
  const module: Record<string, unknown> = await import(
    /* @vite-ignore */ /* turbopackIgnore: true */ /* webpackIgnore: true */ pathToFileURL(file).href
  )
  const folders = relative(root, dirname(file)).split(sep)
  const path = ['/api/admin', ...folders.map((folder) => folder.replace(/^\[(.+)\]$/, '{$1}'))].join('/')
  return methods.flatMap((method) => {
    const route = module[method]
    return typeof route === 'function' ? [{ method, path, declaration: declarationOf(route) }] : []
  })
}

function declarationOf(route: object): RouteDeclaration | null {
  return 'declaration' in route ? (route.declaration as RouteDeclaration) : null
}
