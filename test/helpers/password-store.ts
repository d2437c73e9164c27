import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {outputOf, requireSuccess, runCommand} from './command.ts'

/** What pass(1) keeps secrets in. */
export interface PasswordStore extends AsyncDisposable {
  readonly root: string
  /** gpg's own directory. */
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** Puts another text in a secret's place, as its user would. */
  change(id: string, text: string): Promise<void>
}

/** A store for a key of its own, which needs no passphrase, below `directory`. */
export async function openPasswordStore(directory: string): Promise<PasswordStore> {
  const [root, home] = [join(directory, 'store'), join(directory, 'gnupg')]
  mkdirSync(home, {mode: 0o700})
  const env = {GNUPGHOME: home, PASSWORD_STORE_DIR: root}
  const key = ['--quick-generate-key', 'harbour@example.org', 'future-default', 'default', 'never']
  await outputOf('gpg', ['--batch', '--passphrase', '', ...key], {env})
  await outputOf('pass', ['init', 'harbour@example.org'], {env})
  return {
    ...{root, home, env},
    change: async (id, text) =>
      void requireSuccess(await runCommand('pass', ['insert', '--force', '--multiline', id], {env, input: text})),
    [Symbol.asyncDispose]: async () => void (await runCommand('gpgconf', ['--kill', 'all'], {env})),
  }
}
