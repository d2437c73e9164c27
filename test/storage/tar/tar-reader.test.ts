import {execFileSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import type {TarEntry} from '../../../storage/tar/tar-entry.ts'
import {TarReader, type TarSink} from '../../../storage/tar/tar-reader.ts'
import {forge, forgeEntry, longName, paxEntry} from '../tar-forge.ts'

interface Seen extends TarEntry {
  data: Map<number, number>
}

/** Remembers everything, and puts the archive together again from what it was told. */
class Recorder implements TarSink {
  readonly entries: Seen[] = []
  readonly contents: string[] = []
  bytes: Buffer = Buffer.alloc(0)

  structure(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, bytes])
  }

  entry(entry: TarEntry): void {
    this.entries.push({...entry, data: new Map()})
    this.contents.push('')
  }

  content(bytes: Buffer, position: number): void {
    this.bytes = Buffer.concat([this.bytes, bytes])
    this.contents[this.contents.length - 1] += bytes.toString('latin1')
    const {data} = this.entries.at(-1) as Seen
    const last = [...data].at(-1)
    if (last && last[0] + last[1] === position) data.set(last[0], last[1] + bytes.length)
    else data.set(position, bytes.length)
  }

  entryEnd(): void {}
}

function read(archive: Buffer, pieceSize = archive.length): Recorder {
  const recorder = new Recorder()
  const reader = new TarReader(recorder)
  for (let at = 0; at < archive.length; at += pieceSize) reader.push(archive.subarray(at, at + pieceSize))
  reader.end()
  return recorder
}

const invalid = expect.objectContaining({code: 'ERR_ARCHIVE_INVALID'})

describe('tar reader', () => {
  const mixed = forge(
    {name: 'd/', mode: 0o1755, uid: 5, gid: 6},
    {name: 'd/f', content: 'x'.repeat(1300)},
    {
      name: 'short',
      content: 'ignored',
      pax: {path: 'a'.repeat(300), mtime: '12.25', 'SCHILY.xattr.user.k': '\0\xff\n=', uid: '4000000000'},
    },
    longName('l'.repeat(200)),
    longName('t'.repeat(150), 'K'),
    {name: 'l', type: '2', magic: 'ustar  \0'},
    paxEntry({comment: 'git'}, 'g'),
    {
      name: 'sparse',
      content: `2\n0\n3\n1000\n4\n${'\0'.repeat(512 - 13)}abcdefg`,
      pax: {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'real', 'GNU.sparse.realsize': '2000'},
    },
    {name: 'empty'},
    {name: 'dev', type: '3', device: [10, 200]},
  )

  test.each([1, 7, 511, 512, 513, 4096, mixed.length])(
    'reads the same in pieces of %i bytes, and loses no byte',
    (size) => {
      const {entries, contents, bytes} = read(mixed, size)
      expect(bytes.equals(mixed)).toBe(true)
      expect(entries.map(({type, name}) => [type, name])).toEqual([
        ['directory', 'd/'],
        ['file', 'd/f'],
        ['file', 'a'.repeat(300)],
        ['symlink', 'l'.repeat(200)],
        ['file', 'real'],
        ['file', 'empty'],
        ['character-device', 'dev'],
      ])
      expect(entries[0]).toMatchObject({mode: 0o1755, uid: 5, gid: 6})
      expect(entries[2]).toMatchObject({uid: 4_000_000_000, mtime: {seconds: 12, nanoseconds: 250_000_000}})
      expect(entries[2]?.xattrs).toEqual([['user.k', Buffer.from([0, 255, 10, 61])]])
      expect(entries[3]?.linkName).toBe('t'.repeat(150))
      expect(entries[4]).toMatchObject({
        size: 2000,
        segments: [
          {offset: 0, length: 3},
          {offset: 1000, length: 4},
        ],
      })
      expect([...(entries[4]?.data ?? [])]).toEqual([
        [0, 3],
        [1000, 4],
      ])
      expect(entries[6]).toMatchObject({deviceMajor: 10, deviceMinor: 200})
      expect(contents).toEqual(['', 'x'.repeat(1300), 'ignored', '', 'abcdefg', '', ''])
    },
  )

  test('an archive may end without its two blocks of zeros, and nothing is an archive of nothing', () => {
    expect(read(forgeEntry({name: 'f', content: 'x'})).entries).toHaveLength(1)
    expect(read(Buffer.alloc(0)).entries).toEqual([])
    expect(read(Buffer.alloc(1024)).entries).toEqual([])
  })

  test('every cut but one between entries is refused', () => {
    const archive = forge({name: 'f', content: 'x'.repeat(600)}, {name: 'g', pax: {path: 'h'}})
    const accepted = []
    for (let end = 0; end < archive.length; end++) {
      try {
        read(archive.subarray(0, end))
        accepted.push(end)
      } catch (error) {
        expect(error).toEqual(invalid)
      }
    }
    // before, between and after the entries, after one block of zeros, and anywhere behind the end
    expect(accepted).toEqual([0, 1536, 3072, 3584])
  })

  test.each(['-1.5', '-0.25', '1e3', 'nan', ''])('time %j', (mtime) => {
    const expected: Record<string, object | undefined> = {
      '-1.5': {seconds: -2, nanoseconds: 500_000_000},
      '-0.25': {seconds: -1, nanoseconds: 750_000_000},
      '': {seconds: 1_000_000_000, nanoseconds: 0},
    }
    const archive = forge({name: 'f', pax: {mtime}})
    if (expected[mtime]) expect(read(archive).entries[0]?.mtime).toEqual(expected[mtime])
    else expect(() => read(archive)).toThrow(invalid)
  })

  test('binary numbers', () => {
    const size = `\x80${'\0'.repeat(9)}\x02\x58`
    expect(read(forge({name: 'f', content: 'x'.repeat(600), size})).entries[0]?.size).toBe(600)
  })

  test.each(['v7', 'oldgnu', 'gnu', 'ustar', 'pax'])('what GNU tar writes as %s', (format) => {
    const names = ['package.json', 'storage/tar/tar-reader.ts']
    const archive = execFileSync('tar', ['-c', `--format=${format}`, ...names], {
      cwd: `${import.meta.dirname}/../../..`,
    })
    const {entries, bytes} = read(archive, 1000)
    expect(entries.map(({name}) => name)).toEqual(names)
    expect(bytes.equals(archive)).toBe(true)
  })
})
