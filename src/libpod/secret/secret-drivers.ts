import {readFileSync, rmSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {run, runForBytes, writeFileAtomic} from '../../host/index.ts'
import type {SecretDriverName, SecretRecord} from './secret-record.ts'

/** Where a secret's bytes lie. `id` is the secret's. */
export interface SecretDriver {
  store(id: string, data: Uint8Array): Promise<void>
  lookup(id: string): Promise<Uint8Array>
  /** A missing one is success. */
  remove(id: string): Promise<void>
}

/** @throws ERR_REFUSED for an unknown driver or unusable options */
export function secretDriver(record: Pick<SecretRecord, 'driver' | 'driverOptions'>): SecretDriver {
  return drivers[record.driver](record.driverOptions)
}

export function checkDriverName(name: string): SecretDriverName {
  if (name in drivers) return name as SecretDriverName
  throw new EngineError('ERR_REFUSED', 'invalid driver')
}

const drivers: Readonly<Record<SecretDriverName, (options: Readonly<Record<string, string>>) => SecretDriver>> = {
  file: fileDriver,
  pass: passDriver,
  shell: shellDriver,
}

/** A file per secret, readable by its owner only, in the directory `path`. */
function fileDriver({path = ''}: Readonly<Record<string, string>>): SecretDriver {
  return {
    store: async (id, data) => writeFileAtomic(join(path, id), data),
    lookup: async (id) => readFileSync(join(path, id)),
    remove: async (id) => rmSync(join(path, id), {force: true}),
  }
}

/** Files as pass(1) keeps them: `ROOT/ID.gpg`, encrypted for the key in `ROOT/.gpg-id`. */
function passDriver(options: Readonly<Record<string, string>>): SecretDriver {
  const {root = join(homedir(), '.password-store'), gpghomedir, key} = options
  const home = gpghomedir ? ['--homedir', gpghomedir] : []
  const path = (id: string) => join(root, `${id}.gpg`)
  const recipient = () => key ?? readFileSync(join(root, '.gpg-id'), 'utf8').trim()
  return {
    store: async (id, data) => {
      await run(
        'gpg',
        [...home, '--batch', '--yes', '--trust-model', 'always', '-r', recipient(), '-o', path(id), '-e'],
        {input: data},
      )
    },
    lookup: async (id) => runForBytes('gpg', [...home, '--batch', '-d', path(id)]),
    remove: async (id) => rmSync(path(id), {force: true}),
  }
}

/** Commands of the user's own, which get the id in SECRET_ID and the bytes on their streams. */
function shellDriver(options: Readonly<Record<string, string>>): SecretDriver {
  const command = (verb: 'store' | 'lookup' | 'delete') => {
    const text = options[verb]
    if (!text) throw new EngineError('ERR_REFUSED', `missing ${verb} in options for the shell driver`)
    return ['-c', text]
  }
  for (const verb of ['store', 'lookup', 'delete'] as const) command(verb)
  return {
    store: async (id, data) => {
      await run('/bin/sh', command('store'), {input: data, env: {SECRET_ID: id}})
    },
    lookup: async (id) => runForBytes('/bin/sh', command('lookup'), {env: {SECRET_ID: id}}),
    remove: async (id) => {
      await run('/bin/sh', command('delete'), {env: {SECRET_ID: id}})
    },
  }
}
