/** Where rules for a repository may stand, best first: tag, repository, each namespace, the host, wildcards of the host. */
export function repositoryScopes(identity: string): readonly string[] {
  const repository = identity.replace(/@.*$/, '').replace(/:[^/]*$/, '')
  const host = repository.split('/')[0] ?? ''
  const labels = host.replace(/:\d+$/, '').split('.')
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)
  return [identity, ...pathScopes(repository), ...wildcards]
}

/** A path and every directory above it. */
export function pathScopes(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).filter((part) => part !== '')
}
