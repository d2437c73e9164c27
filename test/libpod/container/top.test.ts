import {spawn} from 'node:child_process'
import {describe, expect, it} from 'vitest'
import {capabilityWords} from '../../../src/libpod/container/top/capability-names.ts'
import {columnsOf} from '../../../src/libpod/container/top/columns.ts'
import {processesInNamespaceOf} from '../../../src/libpod/container/top/read-process.ts'
import {rowsOfPs} from '../../../src/libpod/container/top/top.ts'
import {formatGoDuration} from '../../../src/libpod/define/go-duration.ts'

describe('columnsOf', () => {
  it('takes names, lists of names and codes of ps', () => {
    expect(columnsOf(['pid,user', '%c', 'HPID'])?.map(({heading}) => heading)).toEqual([
      'PID',
      'USER',
      'COMMAND',
      'HPID',
    ])
  })
  it('leaves anything else to ps', () => expect(columnsOf(['pid', '-ef'])).toBeUndefined())
})

it('sees a process and its arguments', async () => {
  const child = spawn('sleep', ['60.5'])
  try {
    const found = processesInNamespaceOf(process.pid).find(({pid}) => pid === child.pid)
    expect(found?.args).toEqual(['sleep', '60.5'])
    expect(found?.stat[3]).toBe(String(process.pid))
  } finally {
    child.kill()
  }
})

it.each([
  [0n, '0s'],
  [1_500_000n, '1.5ms'],
  [1_781_414_789n, '1.781414789s'],
  [90n * 1_000_000_000n, '1m30s'],
  [3_723n * 1_000_000_000n, '1h2m3s'],
])('%s ns is %s', (nanoseconds, text) => expect(formatGoDuration(nanoseconds)).toBe(text))

it.each([
  ['0000000000000000', 'none'],
  ['000001ffffffffff', 'full'],
  ['0000000000000021', 'CHOWN,KILL'],
])('%s is %s', (mask, words) => expect(capabilityWords(mask)).toBe(words))

it('keeps the blanks of the last column of ps', () => {
  expect(rowsOfPs('PID   COMMAND\n    1 sleep 5 x\n    7 ps -o pid,comm\n', ['-o', 'pid,comm']).rows).toEqual([
    ['PID', 'COMMAND'],
    ['1', 'sleep 5 x'],
  ])
})
