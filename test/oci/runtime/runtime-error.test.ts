import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {lastLoggedError, plainMessage, runtimeError} from '../../../src/oci/runtime/index.ts'

describe('what a runtime says', () => {
  it('is told apart as podman does, with only the line that matters', () => {
    const missing = runtimeError('runc', 'runc create failed: exec: "nosuch": executable file not found in $PATH\nmore')
    expect(missing).toMatchObject({code: 'ERR_OCI_COMMAND_NOT_FOUND', kind: 'commandNotFound'})
    expect(missing.message).toBe(
      'runc: runc create failed: exec: "nosuch": executable file not found in $PATH: ' +
        'OCI runtime attempted to invoke a command that was not found',
    )
    expect(runtimeError('crun', 'open executable: Permission denied').message).toBe(
      'crun: open executable: Permission denied: OCI permission denied',
    )
    expect(runtimeError('runc', 'bad luck\n')).toMatchObject({
      code: 'ERR_OCI_RUNTIME',
      message: 'OCI runtime error: runc: bad luck',
    })
    expect(runtimeError('berth-vm', 'berth-vm: bad luck\n').message).toBe('OCI runtime error: berth-vm: bad luck')
  })

  it('is taken out of its text log', () => {
    const output =
      'time="2026-01-01T00:00:00Z" level=warning msg="careful"\n' +
      'time="2026-01-01T00:00:01Z" level=error msg="container \\"x\\" is gone"\n'
    expect(plainMessage(output)).toBe('container "x" is gone')
    expect(plainMessage('plain words\n')).toBe('plain words')
  })

  it('is the last error of its JSON log', () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-oci-'))
    try {
      const path = join(directory, 'log')
      expect(lastLoggedError(path)).toBeUndefined()
      writeFileSync(
        path,
        '{"level":"error","msg":"first"}\n{"level":"error","msg":"second"}\n{"level":"info","msg":"bye"}\n{"lev',
      )
      expect(lastLoggedError(path)).toBe('second')
    } finally {
      rmSync(directory, {recursive: true})
    }
  })
})
