import {spawn} from 'node:child_process'
import {closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {temporaryDirectory} from './temporary-directory.ts'
import {waitUntil} from './wait-until.ts'

export interface RegistryOptions {
  /** Lines of an htpasswd file (bcrypt): the registry then asks for a password. */
  readonly htpasswd?: string
  readonly tls?: {readonly certificate: string; readonly key: string}
}

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`, the first part of an image name. */
  readonly host: string
  /** Forgets all that was pushed. */
  clear(): void
}

/** Debian's docker-registry on a free loopback port; it and its data go when the scope ends. */
export async function openRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const directory = temporaryDirectory()
  const port = await freePort()
  const configuration = join(directory.path, 'config.yml')
  mkdirSync(join(directory.path, 'data'))
  if (options.htpasswd) writeFileSync(join(directory.path, 'htpasswd'), options.htpasswd)
  writeFileSync(configuration, JSON.stringify(configure(directory.path, port, options)))
  // A file: a pipe would fill, and hold up the registry, while this process waits for a command.
  const logPath = join(directory.path, 'log')
  const log = openSync(logPath, 'w')
  const server = spawn('docker-registry', ['serve', configuration], {stdio: ['ignore', 'ignore', log]})
  closeSync(log)
  const host = `127.0.0.1:${port}`
  const scheme = options.tls ? 'https' : 'http'
  await waitUntil(`registry on ${host} answers`, () => answers(`${scheme}://${host}/v2/`), {
    describe: () => readFileSync(logPath, 'utf8'),
  })
  return {
    host,
    clear: () => rmSync(join(directory.path, 'data', 'docker'), {recursive: true, force: true}),
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      if (server.exitCode === null) {
        server.kill('SIGKILL')
        await ended
      }
      await directory[Symbol.asyncDispose]()
    },
  }
}

/** The registry reads YAML, of which JSON is a part. */
function configure(directory: string, port: number, {htpasswd, tls}: RegistryOptions): object {
  return {
    version: 0.1,
    log: {level: 'warn'},
    storage: {filesystem: {rootdirectory: join(directory, 'data')}, delete: {enabled: true}},
    http: {addr: `127.0.0.1:${port}`, ...(tls && {tls: {certificate: tls.certificate, key: tls.key}})},
    ...(htpasswd && {auth: {htpasswd: {realm: 'test', path: join(directory, 'htpasswd')}}}),
  }
}

/** Any answer will do: 401 when it asks for a password, and a certificate of our own making cannot be checked here. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch (error) {
    return String((error as Error).cause).includes('certificate')
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
