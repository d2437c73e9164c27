import {execFileSync} from 'node:child_process'
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type TemporaryDirectory, temporaryDirectory} from '../helpers/temporary-directory.ts'

const repository = join(import.meta.dirname, '../..')
let installed: TemporaryDirectory

/** The launcher with a Node that tells how it was called. */
beforeAll(() => {
  installed = temporaryDirectory()
  const at = (path: string): string => join(installed.path, path)
  for (const directory of ['bin', 'dist', 'node_modules/node/bin']) mkdirSync(at(directory), {recursive: true})
  for (const blob of ['berth', 'berth-create', 'berth-vm']) writeFileSync(at(`dist/${blob}.blob`), '')
  writeFileSync(at('node_modules/node/bin/node'), '#!/bin/sh\necho "$@"\n', {mode: 0o755})
  for (const name of ['berth', 'berth-vm']) copyFileSync(join(repository, 'bin', name), at(`bin/${name}`))
})
afterAll(() => installed[Symbol.asyncDispose]())

test.each([
  ['run --rm image true', 'berth-create'],
  ['create image', 'berth-create'],
  ['container run image', 'berth-create'],
  ['--root /a --runroot /b --runtime runc run image', 'berth-create'],
  ['--root=/a --log-level debug container create image', 'berth-create'],
  ['--debug run image', 'berth-create'],
  ['ps', 'berth'],
  ['--root /a ps -a', 'berth'],
  ['exec create run', 'berth'],
  ['pod create', 'berth-create'],
  ['--root /a pod create --name create', 'berth-create'],
  ['pod start create', 'berth'],
  ['pod', 'berth'],
  ['network create run', 'berth'],
  ['--version', 'berth'],
  ['', 'berth'],
])('berth %s starts from %s', (words, profile) => {
  expect(called('berth', words)).toContain(`/dist/${profile}.blob -- `)
})

test.each([
  ['pull image', true],
  ['--root /a image pull image', true],
  ['build .', true],
  ['ps', false],
  ['run image', false],
])('berth %s has a small young generation: %s', (words, isSmall) => {
  expect(called('berth', words).includes('--max-semi-space-size=1 ')).toBe(isSmall)
})

test('berth-vm starts from its own, whatever it is asked', () => {
  expect(called('berth-vm', 'create --bundle /b id')).toContain('/dist/berth-vm.blob -- ')
})

function called(program: string, words: string): string {
  return execFileSync(join(installed.path, 'bin', program), words.split(' ').filter(Boolean), {
    encoding: 'utf8',
    env: {PATH: process.env.PATH, XDG_RUNTIME_DIR: join(installed.path, 'run')},
  })
}
