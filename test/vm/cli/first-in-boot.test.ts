import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {firstInBoot} from '../../../src/vm/cli/first-in-boot.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

it('is true once per boot and topic, also in a directory that is yet to be made', async () => {
  await using place = temporaryDirectory()
  const directory = join(place.path, 'run')
  const answers = () => ['emulation', 'emulation', 'else'].map((topic) => firstInBoot(directory, topic))
  expect(answers()).toEqual([true, false, true])
  writeFileSync(join(directory, 'told-emulation'), 'an earlier boot')
  expect(answers()).toEqual([true, false, false])
})
