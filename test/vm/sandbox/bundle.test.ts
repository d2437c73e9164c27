import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {loadBundle} from '../../../src/vm/sandbox/bundle.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const valid = {
  ociVersion: '1.0.2',
  process: {args: ['sh'], cwd: '/', user: {uid: 0, gid: 0}},
  root: {path: 'rootfs'},
}

function write(directory: string, config: unknown): string {
  mkdirSync(join(directory, 'rootfs'), {recursive: true})
  writeFileSync(join(directory, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  return directory
}

describe('bundle', () => {
  it('is loaded with the real path of its root file system', async () => {
    await using directory = temporaryDirectory()
    expect(loadBundle(write(directory.path, valid)).rootfs).toBe(join(directory.path, 'rootfs'))
  })

  it.each([
    ['no JSON', '{', /config.json/],
    ['no version', {...valid, ociVersion: undefined}, /ociVersion/],
    ['a version of another major', {...valid, ociVersion: '2.0.0'}, /ociVersion/],
    ['no process', {...valid, process: undefined}, /process/],
    ['no arguments', {...valid, process: {...valid.process, args: []}}, /process.args/],
    ['a relative working directory', {...valid, process: {...valid.process, cwd: 'x'}}, /process.cwd/],
    ['no root', {...valid, root: undefined}, /root.path/],
    ['a root that is not there', {...valid, root: {path: 'elsewhere'}}, /invalid rootfs/],
    ['a mount without destination', {...valid, mounts: [{source: 'x'}]}, /mounts/],
  ])('with %s is refused', async (_name, config, message) => {
    await using directory = temporaryDirectory()
    expect(() => loadBundle(write(directory.path, config))).toThrow(
      expect.objectContaining({code: 'ERR_BUNDLE_INVALID', message: expect.stringMatching(message)}),
    )
  })

  it('that is not there, or has no config.json, is refused', async () => {
    await using directory = temporaryDirectory()
    expect(() => loadBundle(join(directory.path, 'none'))).toThrow(/no such file/)
    expect(() => loadBundle(directory.path)).toThrow(/JSON specification file .* not found/)
  })
})
