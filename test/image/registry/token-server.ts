import {createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface LoopbackServer extends AsyncDisposable {
  readonly host: string
  /** `METHOD path status`, as it went. */
  readonly log: string[]
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export async function listen(handler: Handler): Promise<LoopbackServer> {
  const log: string[] = []
  const server: Server = createServer((request, response) => {
    response.on('close', () => log.push(`${request.method} ${request.url} ${response.statusCode}`))
    Promise.resolve(handler(request, response)).catch((error: Error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Hands a request on to the registry behind and its answer back; `change` may spoil either. */
export async function forward(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  change: {
    readonly headers?: (headers: IncomingMessage['headers']) => IncomingMessage['headers']
    /** Gets every chunk with the offset it begins at; undefined cuts the connection. */
    readonly chunk?: (chunk: Buffer, offset: number) => Buffer | undefined
  } = {},
): Promise<void> {
  const {host, ...headers} = request.headers
  await new Promise<void>((resolve, reject) => {
    const onward = httpRequest(
      {
        // A kept connection may be closed by the registry just as it is used again.
        agent: false,
        host: target.split(':')[0],
        port: target.split(':')[1],
        method: request.method,
        path: request.url,
        headers: {...headers, host},
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, change.headers?.(answer.headers) ?? answer.headers)
        let offset = 0
        answer.on('data', (chunk: Buffer) => {
          const passed = change.chunk ? change.chunk(chunk, offset) : chunk
          offset += chunk.length
          if (passed) response.write(passed)
          else {
            answer.destroy()
            // What was passed before is to arrive
            setTimeout(() => {
              response.destroy()
              resolve()
            }, 50)
          }
        })
        answer.on('end', () => {
          response.end()
          resolve()
        })
        answer.on('error', reject)
      },
    )
    onward.on('error', reject)
    request.pipe(onward)
  })
}

/** A registry that asks for tokens, in front of one that does not; `users` maps names to passwords. */
export async function openTokenRegistry(
  target: string,
  users: Readonly<Record<string, string>>,
  /** A token is good for so many requests. */
  {uses = Number.POSITIVE_INFINITY}: {readonly uses?: number} = {},
): Promise<LoopbackServer & {readonly scopes: string[]}> {
  const scopes: string[] = []
  const granted = new Map<string, readonly string[]>()
  const used = new Map<string, number>()
  let own = ''
  const server = await listen(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${own}`)
    if (url.pathname === '/token') return issueToken(request, response, url)
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const needed = scopeOf(request.method ?? 'GET', url.pathname)
    used.set(token, (used.get(token) ?? 0) + 1)
    const allowed = (used.get(token) ?? 0) > uses ? undefined : granted.get(token)
    if (!allowed || (needed !== undefined && !allowed.some((scope) => covers(scope, needed)))) {
      const scope = needed === undefined ? '' : `,scope="${needed}"`
      response.writeHead(401, {
        'www-authenticate': `Bearer realm="http://${own}/token",service="test"${scope}`,
        'content-type': 'application/json',
      })
      response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}')
      return
    }
    await forward(target, request, response)
  })
  own = server.host

  function issueToken(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const [name = '', password = ''] = Buffer.from(
      (request.headers.authorization ?? '').replace(/^Basic /, ''),
      'base64',
    )
      .toString()
      .split(':')
    if (name !== '' && users[name] !== password) {
      response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"wrong password"}]}')
      return
    }
    const asked = url.searchParams.getAll('scope')
    // Nobody in particular may only pull
    const allowed = name === '' ? asked.map((scope) => scope.replace(/,push$/, '')) : asked
    scopes.push(...asked)
    const token = `token-${granted.size}`
    granted.set(token, allowed)
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify({token, expires_in: 300}))
  }

  return {host: server.host, log: server.log, scopes, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()}
}

function scopeOf(method: string, path: string): string | undefined {
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(path)?.[1]
  if (repository === undefined) return undefined
  return `repository:${repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`
}

function covers(scope: string, needed: string): boolean {
  const [, repository, actions = ''] = scope.split(':')
  const [, wanted, needs = ''] = needed.split(':')
  return repository === wanted && needs.split(',').every((action) => actions.split(',').includes(action))
}
