import {gzipSync, zstdCompressSync} from 'node:zlib'
import type {ErrorCode} from '../../src/errors/index.ts'
import {forge, forgeEntry, longName, paxEntry} from './tar-forge.ts'

/** What must become of an archive: refused with this code, or a tree, given as `find` prints it. */
export interface HostileArchive {
  readonly name: string
  readonly archive: () => Buffer
  /** Applied first, as the parent. */
  readonly base?: () => Buffer
  readonly refused?: ErrorCode
  /** Lines of `find -printf '%y %#m %p'` and, after ` = `, a file's content or, after ` > `, a link's target. */
  readonly tree?: readonly string[]
}

const victim = {name: 'outside', content: 'x'}
const cut = (bytes: Buffer, end: number) => bytes.subarray(0, end)
const plain = () => forge({name: 'a', content: 'x'.repeat(2000)})

export const hostileArchives: readonly HostileArchive[] = [
  // names that climb
  {name: 'parent directory', archive: () => forge({name: '../outside', content: 'x'}), refused: 'ERR_LAYER_ESCAPE'},
  {
    name: 'parent directory after a directory',
    archive: () => forge({name: 'a/../../outside', content: 'x'}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'many parent directories',
    archive: () => forge({name: `${'../'.repeat(30)}etc/passwd`, content: 'x'}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'absolute with parent directory',
    archive: () => forge({name: '/../outside', content: 'x'}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {name: 'parent directory alone', archive: () => forge({name: '..', type: '5'}), refused: 'ERR_LAYER_ESCAPE'},
  {
    name: 'parent directory as a directory',
    archive: () => forge({name: '../', type: '5', mode: 0o777}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'parent directory in a pax path',
    archive: () => forge({name: 'ok', content: 'x', pax: {path: '../outside'}}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'parent directory in a GNU long name',
    archive: () => forge(longName(`${'a/'.repeat(60)}${'../'.repeat(61)}outside`), {name: 'ok', content: 'x'}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'parent directory in the ustar prefix',
    archive: () => forge({name: 'outside', content: 'x', raw: {345: '..'}}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'parent directory in a sparse name',
    archive: () =>
      forge({
        name: 'ok',
        content: `0\n${'\0'.repeat(510)}`,
        pax: {
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.name': '../outside',
          'GNU.sparse.realsize': '0',
        },
      }),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'absolute name',
    archive: () => forge({name: '/etc/passwd', content: 'x'}),
    tree: ['d 0755 etc', 'f 0644 etc/passwd = x'],
  },
  {
    name: 'parent directory that stays inside',
    archive: () => forge({name: 'a/../b', content: 'x'}),
    tree: ['f 0644 b = x'],
  },

  // symbolic links
  {
    name: 'absolute link, then a file through it',
    archive: () => forge({name: 'l', type: '2', link: '/etc'}, {name: 'etc/'}, {name: 'l/passwd', content: 'x'}),
    tree: ['d 0644 etc', 'f 0644 etc/passwd = x', 'l 0777 l > /etc'],
  },
  {
    name: 'relative link out, then a file through it',
    archive: () =>
      forge({name: 'd/'}, {name: 'd/l', type: '2', link: '../../../..'}, {name: 'd/l/outside', content: 'x'}),
    tree: ['d 0644 d', 'l 0777 d/l > ../../../..', 'f 0644 outside = x'],
  },
  {
    name: 'link to nothing, then a file through it',
    archive: () => forge({name: 'l', type: '2', link: '/no/such/place'}, {name: 'l/x', content: 'x'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'link, then a file of its name',
    archive: () => forge({name: 'l', type: '2', link: '/outside'}, {name: 'l', content: 'x'}),
    tree: ['f 0644 l = x'],
  },
  {
    name: 'link, then a directory of its name and a file in it',
    archive: () => forge({name: 'l', type: '2', link: '/etc'}, {name: 'l/'}, {name: 'l/x', content: 'x'}),
    tree: ['d 0644 l', 'f 0644 l/x = x'],
  },
  {
    name: 'directory, link in its place, then a file in it',
    archive: () =>
      forge(
        {name: 'd/'},
        {name: 'd/a', content: 'a'},
        {name: 'd', type: '2', link: '/tmp'},
        {name: 'd/b', content: 'b'},
      ),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'chain of links that ends outside',
    archive: () =>
      forge(
        {name: 'a', type: '2', link: 'b'},
        {name: 'b', type: '2', link: 'c/..'},
        {name: 'c', type: '2', link: '/../../'},
        {name: 'a/outside', content: 'x'},
      ),
    tree: ['l 0777 a > b', 'l 0777 b > c/..', 'l 0777 c > /../../', 'f 0644 outside = x'],
  },
  {
    name: 'loop of links',
    archive: () =>
      forge({name: 'a', type: '2', link: 'b'}, {name: 'b', type: '2', link: 'a'}, {name: 'a/x', content: 'x'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'link to /proc/self/root',
    archive: () => forge({name: 'p', type: '2', link: '/proc/self/root/tmp'}, {name: 'p/outside', content: 'x'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'link in the parent layer, then a file through it',
    base: () => forge({name: 'l', type: '2', link: '/'}, {name: 'd/'}),
    archive: () => forge({name: 'd/x', content: 'x'}),
    tree: ['d 0644 d', 'f 0644 d/x = x', 'l 0777 l > /'],
  },
  {
    name: 'link with an empty target',
    archive: () => forge({name: 'l', type: '2', link: ''}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'link with a target longer than a path',
    archive: () => forge(longName('x/'.repeat(3000), 'K'), {name: 'l', type: '2'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'mode and owner for a link do not reach its target',
    archive: () =>
      forge({name: 'f', content: 'x', mode: 0o600}, {name: 'l', type: '2', link: 'f', mode: 0o4777, uid: 7}),
    tree: ['f 0600 f = x', 'l 0777 l > f'],
  },

  // hard links
  {
    name: 'hard link out',
    archive: () => forge({name: 'l', type: '1', link: '../outside'}),
    refused: 'ERR_LAYER_ESCAPE',
  },
  {
    name: 'hard link to an absolute host path',
    archive: () => forge({name: 'l', type: '1', link: '/etc/passwd'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'hard link through a link',
    archive: () => forge({name: 'd', type: '2', link: '/etc'}, {name: 'l', type: '1', link: 'd/passwd'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'hard link to a link, then a file of its name',
    archive: () =>
      forge({name: 's', type: '2', link: '/etc/passwd'}, {name: 'h', type: '1', link: 's'}, {name: 'h', content: 'x'}),
    tree: ['f 0644 h = x', 'l 0777 s > /etc/passwd'],
  },
  {
    name: 'hard link to a directory',
    archive: () => forge({name: 'd/'}, {name: 'l', type: '1', link: 'd'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {name: 'hard link to the root', archive: () => forge({name: 'l', type: '1', link: '/'}), refused: 'ERR_LAYER_ENTRY'},
  {
    name: 'hard link to itself',
    archive: () => forge({name: 'f', content: 'x'}, {name: 'f', type: '1', link: 'f'}),
    tree: ['f 0644 f = x'],
  },
  {
    name: 'hard link to what is not there',
    archive: () => forge({name: 'l', type: '1', link: 'nothing'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'hard link to a whiteout',
    base: () => forge({name: 'f', content: 'x'}),
    archive: () => forge({name: '.wh.f'}, {name: 'l', type: '1', link: 'f'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'hard link that would replace its target’s directory',
    archive: () => forge({name: 'd/'}, {name: 'd/f', content: 'x'}, {name: 'd', type: '1', link: 'd/f'}),
    refused: 'ERR_LAYER_ENTRY',
  },

  {
    name: 'hard link in place of a file, to another directory',
    archive: () =>
      forge({name: 'a/f', content: 'x'}, {name: 'b/f', content: 'y'}, {name: 'b/f', type: '1', link: 'a/f'}),
    tree: ['d 0755 a', 'd 0755 b', 'f 0644 a/f = x', 'f 0644 b/f = x'],
  },

  // files in the way
  {
    name: 'file below a file',
    archive: () => forge({name: 'f', content: 'x'}, {name: 'f/x', content: 'y'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'file below a device',
    archive: () => forge({name: 'f', type: '3', device: [1, 3]}, {name: 'f/x', content: 'y'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'file twice',
    archive: () => forge({name: 'f', content: 'first'}, {name: 'f', content: 'second'}),
    tree: ['f 0644 f = second'],
  },
  {
    name: 'directory twice',
    archive: () => forge({name: 'd/', mode: 0o700}, {name: 'd/f', content: 'x'}, {name: 'd/', mode: 0o755}),
    tree: ['d 0755 d', 'f 0644 d/f = x'],
  },
  {
    name: 'directory, then a file of its name',
    archive: () => forge({name: 'd/'}, {name: 'd/f', content: 'x'}, {name: 'd', content: 'y'}),
    tree: ['f 0644 d = y'],
  },
  {
    name: 'FIFO, then a file of its name',
    archive: () => forge({name: 'p', type: '6'}, {name: 'p', content: 'x'}),
    tree: ['f 0644 p = x'],
  },
  {
    name: 'the root as a file',
    archive: () => forge({name: './', type: '0'}, {name: '.', content: 'x'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {name: 'the root as a link', archive: () => forge({name: '.', type: '2', link: '/etc'}), refused: 'ERR_LAYER_ENTRY'},
  {
    name: 'the root as a device',
    archive: () => forge({name: '/', type: '3', device: [1, 3]}),
    refused: 'ERR_LAYER_ENTRY',
  },

  // whiteouts
  {
    name: 'whiteout of nothing',
    base: () => forge({name: 'f', content: 'x'}),
    archive: () => forge({name: '.wh.'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'whiteout of the directory itself',
    base: () => forge({name: 'd/f', content: 'x'}),
    archive: () => forge({name: 'd/.wh..'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'whiteout of the parent directory',
    base: () => forge({name: 'd/f', content: 'x'}),
    archive: () => forge({name: 'd/.wh...'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {name: 'whiteout out of the layer', archive: () => forge({name: '../.wh.outside'}), refused: 'ERR_LAYER_ESCAPE'},
  {
    name: 'whiteout through a link',
    base: () => forge({name: 'd/'}, {name: 'd/f', content: 'x'}),
    archive: () => forge({name: 'l', type: '2', link: '/../../..'}, {name: 'l/.wh.d'}),
    tree: ['l 0777 l > /../../..'],
  },
  {
    name: 'file below a whiteout’s name',
    base: () => forge({name: 'f', content: 'x'}),
    archive: () => forge({name: '.wh.f/x', content: 'y'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'directory where a whiteout was',
    base: () => forge({name: 'd/'}, {name: 'd/old', content: 'x'}),
    archive: () => forge({name: '.wh.d'}, {name: 'd/new', content: 'y'}),
    tree: ['d 0755 d', 'f 0644 d/new = y'],
  },
  {
    name: 'AUFS metadata',
    archive: () => forge({name: '.wh..wh.plnk/1.2', content: 'x'}, {name: '.wh..wh.aufs'}, {name: 'f', content: 'x'}),
    tree: ['f 0644 f = x'],
  },
  {
    name: 'overlay whiteout as a device',
    base: () => forge({name: 'f', content: 'x'}, {name: 'g', content: 'x'}),
    archive: () => forge({name: 'f', type: '3', device: [0, 0]}),
    tree: ['f 0644 g = x'],
  },
  {
    name: 'attributes of overlayfs',
    base: () => forge({name: 'd/'}, {name: 'd/f', content: 'x'}, {name: 'secret/'}, {name: 'secret/s', content: 's'}),
    archive: () =>
      forge({
        name: 'd/',
        pax: {'SCHILY.xattr.trusted.overlay.opaque': 'y', 'SCHILY.xattr.trusted.overlay.redirect': '/secret'},
      }),
    tree: ['d 0644 d', 'd 0644 secret', 'f 0644 d/f = x', 'f 0644 secret/s = s'],
  },

  // names that no file system holds
  {
    name: 'part of a name longer than 255 bytes',
    archive: () => forge(longName('n'.repeat(256)), {name: 'n', content: 'x'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'path longer than 4096 bytes',
    archive: () => forge(longName('d/'.repeat(2100)), {name: 'n', content: 'x'}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'long name header of 100 MB',
    archive: () => forge(forgeEntry({name: 'L', type: 'L', size: 100e6, magic: 'ustar  \0'})),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'pax header of 100 MB',
    archive: () => forge(forgeEntry({name: 'x', type: 'x', size: 100e6})),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'NUL in a pax path',
    archive: () => forge({name: 'ok', content: 'x', pax: {path: 'etc/passwd\0.txt'}}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'name that is no UTF-8',
    archive: () => forge({name: 'caf\xe9\xff', content: 'x'}),
    tree: ['f 0644 caf\xe9\xff = x'],
  },
  {
    name: 'name of newlines and escapes',
    archive: () => forge({name: 'a\u001b[31m\tb', content: 'x'}),
    tree: ['f 0644 a\u001b[31m\tb = x'],
  },
  {name: 'empty name', archive: () => forge({name: '', content: 'x'}), refused: 'ERR_LAYER_ENTRY'},

  // lies in headers
  {
    name: 'wrong checksum',
    archive: () => forge({name: 'f', content: 'x', checksum: '012345\0 '}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {name: 'negative size', archive: () => forge({name: 'f', size: '\xff'.repeat(12)}), refused: 'ERR_ARCHIVE_INVALID'},
  {
    name: 'size of many exabytes',
    archive: () => forge({name: 'f', size: `\x80${'\x7f'.repeat(11)}`}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'size in a pax header that is no number',
    archive: () => forge({name: 'f', content: 'x', pax: {size: '-1'}}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'size larger than the archive',
    archive: () => forge({name: 'f', size: 100_000}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'octal digits that are none',
    archive: () => forge({name: 'f', size: '99999999999\0'}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'owner out of range',
    archive: () => forge({name: 'f', content: 'x', pax: {uid: '4294967295'}}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {
    name: 'owner beyond 32 bits',
    archive: () => forge({name: 'f', content: 'x', pax: {gid: '99999999999'}}),
    refused: 'ERR_LAYER_ENTRY',
  },
  {name: 'unknown type', archive: () => forge({name: 'f', type: 'Z', content: 'x'}), refused: 'ERR_LAYER_ENTRY'},
  {
    name: 'directory with a size',
    archive: () => forge({name: 'd/', type: '5', size: 512}, {name: 'd/f', content: 'x'}),
    tree: ['d 0644 d', 'f 0644 d/f = x'],
  },
  {
    name: 'pax record longer than its header',
    archive: () => forge(forgeEntry({name: 'x', type: 'x', content: '9999 path=a\n'}), {name: 'f'}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'pax record without a key',
    archive: () => forge(forgeEntry({name: 'x', type: 'x', content: '6 =ab\n'}), {name: 'f'}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'pax record of length 0',
    archive: () => forge(forgeEntry({name: 'x', type: 'x', content: '0 path=a\n'}), {name: 'f'}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'global pax path is no file’s name',
    archive: () => forge(paxEntry({path: '../outside'}, 'g'), {name: 'f', content: 'x'}),
    tree: ['f 0644 f = x'],
  },
  {
    name: 'key called __proto__',
    archive: () => forge({name: 'f', content: 'x', pax: {__proto__: 'x', constructor: 'y'}}),
    tree: ['f 0644 f = x'],
  },
  {
    name: 'time far outside',
    archive: () => forge({name: 'f', content: 'x', pax: {mtime: '99999999999999999'}}),
    refused: 'ERR_ARCHIVE_INVALID',
  },

  // sparse files
  {
    name: 'sparse map past the end',
    archive: () => forge({name: 'f', content: '1\n600\n100\n'.padEnd(512, '\0') + 'x'.repeat(100), pax: sparse(100)}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'sparse map that overlaps itself',
    archive: () =>
      forge({name: 'f', content: '2\n0\n50\n10\n50\n'.padEnd(512, '\0') + 'x'.repeat(100), pax: sparse(1000)}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'sparse map of more data than there is',
    archive: () => forge({name: 'f', content: '1\n0\n900\n'.padEnd(512, '\0') + 'x'.repeat(100), pax: sparse(1000)}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'sparse map with a billion entries',
    archive: () => forge({name: 'f', content: '1000000000\n'.padEnd(512, '\0'), pax: sparse(1000)}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'sparse file larger than the disk',
    archive: () => forge({name: 'f', content: '0\n'.padEnd(512, '\0'), pax: sparse(2 ** 52)}),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'old sparse header without end',
    archive: () =>
      cut(forge({name: 'f', type: 'S', magic: 'ustar  \0', size: 0, raw: {482: '\x01', 483: '00000001000\0'}}), 512),
    refused: 'ERR_ARCHIVE_INVALID',
  },

  // streams
  {name: 'cut inside a file', archive: () => cut(plain(), 1500), refused: 'ERR_ARCHIVE_INVALID'},
  {name: 'cut inside a header', archive: () => cut(plain(), 300), refused: 'ERR_ARCHIVE_INVALID'},
  {name: 'cut inside the padding', archive: () => cut(plain(), 2520), refused: 'ERR_ARCHIVE_INVALID'},
  {
    name: 'cut after a pax header',
    archive: () => cut(forge({name: 'f', pax: {path: 'g'}}), 1024),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {name: 'cut gzip', archive: () => cut(gzipSync(plain()), 60), refused: 'ERR_ARCHIVE_INVALID'},
  {name: 'cut zstd', archive: () => cut(zstdCompressSync(plain()), 30), refused: 'ERR_ARCHIVE_INVALID'},
  {
    name: 'damaged gzip',
    archive: () => Buffer.concat([gzipSync(plain()).subarray(0, 30), Buffer.alloc(50, 0xff)]),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'gzip bomb',
    archive: () => gzipSync(forge({name: 'f', content: Buffer.alloc(64 << 20)})),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'zstd bomb',
    archive: () => zstdCompressSync(forge({name: 'f', content: Buffer.alloc(64 << 20)})),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {
    name: 'bomb of zeros after the end',
    archive: () => gzipSync(Buffer.concat([forge(victim), Buffer.alloc(64 << 20)])),
    refused: 'ERR_ARCHIVE_INVALID',
  },
  {name: 'no tar at all', archive: () => Buffer.from('<!DOCTYPE html>'.repeat(100)), refused: 'ERR_ARCHIVE_INVALID'},
  {name: 'gzip in gzip', archive: () => gzipSync(gzipSync(plain())), refused: 'ERR_ARCHIVE_INVALID'},
  {
    name: 'file behind the end',
    archive: () => Buffer.concat([forge({name: 'a', content: 'x'}), forge({name: '../outside', content: 'x'})]),
    tree: ['f 0644 a = x'],
  },
  {
    name: 'file behind one block of zeros',
    archive: () => Buffer.concat([forgeEntry({name: 'a', content: 'x'}), Buffer.alloc(512), forge(victim)]),
    refused: 'ERR_ARCHIVE_INVALID',
  },
]

function sparse(realSize: number): Record<string, string> {
  return {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 'f',
    'GNU.sparse.realsize': String(realSize),
  }
}
