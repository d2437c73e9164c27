import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {createServer as createSocketServer} from 'node:net'
import {join} from 'node:path'
import {outputOf} from '../helpers/command.ts'

/** Everything has this age, so that kept times show. */
const AGE = '2001-09-09T01:46:40'

const usual = `
attribute() { python3 -c 'import os, sys; os.setxattr(sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]))' "$@"; }
mkdir -p usual/dir/sub usual/dir/deep/er usual/links usual/hard usual/modes usual/xattrs usual/archives; cd usual
echo plain > plain.txt; : > empty; echo a > a.txt; echo b > b.txt
printf '#!/bin/sh\\necho script\\n' > script.sh; chmod 755 script.sh
echo spaced > 'name with space.txt'; echo ü > ünïcode.txt
echo 1 > g1.log; echo 2 > g2.log; echo x > gx.log
echo a > dir/a.txt; echo b > dir/b.md; echo h > dir/.hidden; echo c > dir/sub/c.txt; echo d > dir/deep/er/d.txt; chmod 700 dir/deep
ln -s ../plain.txt links/to-file; ln -s to-file links/to-file-again; ln -s ../dir links/to-dir
ln -s nowhere links/dangling; ln -s /etc/passwd links/absolute
echo hard > hard/one; ln hard/one hard/two; ln hard/one hard/three
for mode in 4755:setuid 2755:setgid 0:none 1777:sticky 400:read-only; do echo x > modes/\${mode#*:}; chmod \${mode%:*} modes/\${mode#*:}; done
mkdir -m 1777 modes/tmp; mkdir -m 2750 modes/group; chown 11:12 modes/group modes/read-only
echo x > xattrs/user; attribute xattrs/user user.note 76616c7565; echo x > xattrs/plain
cp plain.txt xattrs/capable; attribute xattrs/capable security.capability 0100000200040000000000000000000000000000
mkdir -p ../packed/t/sub ../special
echo f > ../packed/t/file; echo s > ../packed/t/sub/s; ln -s file ../packed/t/link; ln ../packed/t/file ../packed/t/hard
chmod 4750 ../packed/t/file; chown 12:34 ../packed/t/sub
mknod ../special/null c 1 3; mknod -m 600 ../special/loop b 7 0; mkfifo ../special/fifo; echo f > ../special/file
ln ../special/file ../special/hard; chown 12:34 ../special/file; attribute ../special/file user.note 746172
chown -h 5:6 ../special/fifo; ln -s file ../special/link; mkdir -m 1777 ../special/tmp
`

const archives = `
tar -C packed/t -cf usual/archives/plain.tar .
for kind in gz:-z bz2:-j xz:-J zst:--zstd; do tar -C packed/t \${kind#*:} -cf usual/archives/packed.tar.\${kind%:*} .; done
tar -C special --xattrs -cf usual/archives/special.tar .
echo text | gzip -n > usual/archives/text.gz; echo 'no tar' > usual/archives/fake.tar.gz
find usual -depth -exec touch -h -d ${AGE} {} +
`

const others = `
mkdir -p more/sub; echo inner > more/sub/inner.txt; echo outer > more/outer.txt
cp -r usual/dir ignored-base; rm -rf ignored container-ignored; mkdir ignored
( cd ignored; mkdir -p keep/logs node_modules/x deep/a/b; for f in one.txt two.md keep/k.txt keep/logs/l.log keep/logs/important.log node_modules/x/y deep/a/b/tmp.o deep/a/b/src.c secret.key secret.pub; do echo $f > $f; done )
cp -r ignored container-ignored; rm -r ignored-base
cat > ignored/.dockerignore <<'END'
# a comment

*.md
**/*.log
!keep/logs/important.log
node_modules
deep/**/*.o
/secret*
!secret.pub
END
printf '*\\n!keep\\n' > container-ignored/.containerignore; printf 'keep\\n' > container-ignored/.dockerignore
printf '*\\n!dir\\ndir/sub\\n' > ignorefile
printf '# arguments\\nONE=first\\n\\nTWO=second=x\\n' > args
echo swordfish > secret
find more ignored container-ignored -depth -exec touch -h -d ${AGE} {} +
`

/** What Containerfiles of the corpus copy, mount and download, below one directory. */
export interface CorpusContext extends AsyncDisposable {
  readonly directory: string
  /** Where `file.txt` and `plain.tar` can be downloaded. */
  readonly url: string
  /** SHA-256 of `file.txt`. */
  readonly sum: string
}

const downloaded = 'downloaded\n'

export async function makeCorpusContext(directory: string): Promise<CorpusContext> {
  await outputOf('bash', ['-euc', `${usual}cd ..${archives}${others}`], {cwd: directory})
  const agent = createSocketServer().listen(join(directory, 'agent.sock'))
  const server = await serve(directory)
  return {
    directory,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sum: createHash('sha256').update(downloaded).digest('hex'),
    async [Symbol.asyncDispose]() {
      agent.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serve(directory: string): Promise<Server> {
  const server = createServer(({url = ''}, response) => {
    const path = new URL(url, 'http://x').pathname
    const body = path.endsWith('/file.txt')
      ? downloaded
      : path === '/plain.tar'
        ? readFileSync(join(directory, 'usual/archives/plain.tar'))
        : undefined
    response.statusCode = body === undefined ? 404 : 200
    response.setHeader('last-modified', 'Sat, 03 Feb 2001 04:05:06 GMT')
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
