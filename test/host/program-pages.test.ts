import {expect, test} from 'vitest'
import {unwrittenRanges} from '../../src/host/program-pages.ts'

const maps = `00400000-00746000 r--p 00000000 fe:00 5310330                            /opt/node
00746000-03044000 r-xp 00346000 fe:00 5310330                            /opt/node
03201000-06b51000 r--p 02e01000 fe:00 5310330                            /opt/node
06b52000-06b56000 r--p 06751000 fe:00 5310330                            /opt/node
06b56000-06b7d000 rw-p 06755000 fe:00 5310330                            /opt/node
1b6e000-1b8f000 rw-p 00000000 00:00 0                                    [heap]
7f35c3580000-7f35c3785000 r-xp 01627000 fe:00 5310330                    /opt/node
7f35c3800000-7f35c3900000 r-xp 00000000 fe:00 5310331                    /lib/libc.so.6
`

test('the parts of the program that nobody has written to', () => {
  expect(unwrittenRanges(maps, '/opt/node').toSorted(([left], [right]) => left - right)).toEqual([
    [0x400000, 0x746000],
    [0x746000, 0x3044000],
    [0x3201000, 0x6b51000],
    [0x7f35c3580000, 0x7f35c3785000],
  ])
})

test('of a program that is mapped in one part none', () => {
  expect(unwrittenRanges('00400000-00746000 r--p 00000000 fe:00 1 /opt/node\n', '/opt/node')).toEqual([])
})
