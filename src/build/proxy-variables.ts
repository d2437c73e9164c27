import type {Variables} from './parse/expand.ts'

const names = new Set(['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy'])

/** A build argument that is there for RUN without an ARG, and leaves no trace in history and cache. */
export function isProxyVariable(name: string): boolean {
  return names.has(name.toLowerCase())
}

export function proxyVariables(buildArgs: Variables): Variables {
  return Object.fromEntries(Object.entries(buildArgs).filter(([name]) => isProxyVariable(name)))
}
