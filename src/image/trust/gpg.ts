import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {EngineError, hasCode} from '../../errors/index.ts'
import {run, runForBytes} from '../../host/index.ts'

export interface SigningKey {
  /** A fingerprint, an e-mail address, or whatever gpg takes for a key of the user's. */
  readonly name: string
  readonly passphraseFile?: string
}

/** Its last words on a signature; the first is that of a good one. */
const verdicts = ['GOODSIG', 'BADSIG', 'ERRSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG'] as const

/**
 * The message inside a signature by one of these keys. A key ring of the moment holds them and nothing else: what the
 * user's own trusts does not count. @throws ERR_POLICY when it is another's, broken or expired; ERR_PROGRAM_MISSING
 */
export async function openSigned(signature: Uint8Array, keys: readonly Uint8Array[]): Promise<Buffer> {
  const home = mkdtempSync(join(tmpdir(), 'berth-gpg-'))
  try {
    const gpg = (...args: readonly string[]) =>
      run('gpg', ['--homedir', home, '--batch', '--no-tty', '--no-autostart', '--status-fd', '1', ...args], {
        allowedExitCodes: [1, 2],
      })
    for (const key of keys) {
      writeFileSync(join(home, 'key'), key)
      await gpg('--import', join(home, 'key'))
    }
    writeFileSync(join(home, 'signature'), signature)
    const message = join(home, 'message')
    const {stdout, exitCode} = await gpg(
      '--trust-model',
      'always',
      '--output',
      message,
      '--decrypt',
      join(home, 'signature'),
    )
    checkStatus(stdout, exitCode)
    return readFileSync(message)
  } finally {
    rmSync(home, {recursive: true, force: true})
  }
}

/** A message with a signature around it, as simple signing keeps them. @throws ERR_REFUSED when gpg cannot */
export async function sign(message: Uint8Array, {name, passphraseFile}: SigningKey): Promise<Uint8Array> {
  const passphrase =
    passphraseFile === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-file', passphraseFile]
  try {
    return await runForBytes(
      'gpg',
      ['--batch', '--no-tty', ...passphrase, '--local-user', name, '--output', '-', '--sign'],
      {
        input: message,
      },
    )
  } catch (error) {
    if (!hasCode(error, 'ERR_PROGRAM_FAILED')) throw error
    throw new EngineError(
      'ERR_REFUSED',
      `signing by "${name}": ${error.message.replace(/^gpg: |: program failed$/g, '')}`,
      {cause: error},
    )
  }
}

/** Exactly one signature, and a good one. @see GnuPG's doc/DETAILS, the status lines */
function checkStatus(status: string, exitCode: number): void {
  const lines = status.split('\n').map((line) => line.replace('[GNUPG:] ', '').split(' '))
  const judged = lines.filter(([word]) => verdicts.some((verdict) => verdict === word))
  const valid = lines.filter(([word]) => word === 'VALIDSIG')
  if (exitCode === 0 && valid.length === 1 && judged.length === 1 && judged[0]?.[0] === 'GOODSIG') return
  const [word = 'no signature', key = ''] = judged.find(([one]) => one !== 'GOODSIG') ?? judged[0] ?? []
  throw new EngineError('ERR_POLICY', `Invalid GPG signature: ${word} ${key}`.trimEnd())
}
