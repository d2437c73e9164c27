import {chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPasswordStore, type PasswordStore} from '../helpers/password-store.ts'

/**
 * What volumes, mounts and secrets are to containers, whatever runtime is below: all containers come and go in one pod, so that
 * where a pod is a machine one of them serves all of these tests.
 */
export function describeVolumes(runtime: string, skip?: string): void {
  describe.skipIf(skip !== undefined)(`volumes and secrets over ${runtime}${skip ? ` (${skip})` : ''}`, () => {
    let berth: TestEngine
    let passwords: PasswordStore

    beforeAll(async () => {
      berth = openBerth({runtime})
      // A root that is mapped to a stranger of the host walks through it.
      chmodSync(berth.directory, 0o711)
      await ok('load', '-q', '-i', await busyboxArchive())
      await ok('pod', 'create', '--name', 'hold', '--network', 'none', '--memory', '512m')
      await ok('pod', 'start', 'hold')
      passwords = await openPasswordStore(berth.directory)
    })
    afterAll(async () => {
      await berth?.run(['pod', 'rm', '-fa', '-t', '0'])
      await passwords?.[Symbol.asyncDispose]()
      await berth?.[Symbol.asyncDispose]()
    })

    const ok = (...args: readonly string[]) => berth.output(...args)
    const inPod = (options: readonly string[], script: string) =>
      berth.run(['run', '--rm', '--pod', 'hold', ...options, 'busybox', 'sh', '-c', script])
    const sh = async (options: readonly string[], script: string) => {
      const result = await inPod(options, script)
      expect(result, result.stderr).toMatchObject({exitCode: 0})
      return result.stdout.trimEnd()
    }
    const place = (volume: string) => ok('volume', 'inspect', '-f', '{{.Mountpoint}}', volume)
    const mode = (path: string) => `stat -c '%u:%g %a' ${path}`

    it('has a new volume filled from the image, once, and not with nocopy', async () => {
      expect(await sh(['-v', 'filled:/etc'], 'cat /etc/passwd | head -n 1; echo mine > /etc/mine')).toMatch(/^root:/)
      expect(readdirSync(await place('filled'))).toEqual(expect.arrayContaining(['passwd', 'mine']))
      expect(await sh(['-v', 'filled:/x', '-v', 'empty:/y:nocopy'], 'cat /x/mine; ls /y')).toBe('mine')
    })

    it('gives a volume to the user with U, and to the owner that it was made for', async () => {
      expect(await sh(['-v', 'given:/data:U', '--user', '7:8'], `${mode('/data')}; touch /data/made`)).toMatch(/^7:8 /)
      expect(statSync(join(await place('given'), 'made'))).toMatchObject({uid: 7, gid: 8})
      await ok('volume', 'create', '-o', 'o=uid=5,gid=6', 'owned')
      expect(await sh(['-v', 'owned:/data'], mode('/data'))).toMatch(/^5:6 /)
    })

    it('lays what is written over an O volume aside', async () => {
      await sh(['-v', 'kept:/data'], 'echo first > /data/file')
      expect(await sh(['-v', 'kept:/data:O'], 'echo second > /data/file; cat /data/file')).toBe('second')
      expect(await sh(['-v', 'kept:/data:ro'], 'cat /data/file; touch /data/new 2>&1; true')).toMatch(
        /^first\ntouch: .*Read-only file system$/,
      )
    })

    it('mounts a tmpfs volume with its options, once for all that use it', async () => {
      await ok('volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', '-o', 'o=size=2m,mode=1711', 'quick')
      await ok('run', '-d', '--pod', 'hold', '--name', 'keeper', '-v', 'quick:/q', 'busybox', 'sleep', '1000')
      await ok('exec', 'keeper', 'sh', '-c', 'echo seen > /q/file')
      expect(
        await sh(['-v', 'quick:/q'], `cat /q/file; ${mode('/q')}; df -k /q | tail -n 1 | tr -s " " | cut -d" " -f2`),
      ).toBe('seen\n0:0 1711\n2048')
      expect((await berth.run(['volume', 'rm', 'quick'])).stderr).toContain('is being used by the following container')
      await ok('rm', '-f', '-t', '0', 'keeper')
      await ok('volume', 'rm', 'quick')
    })

    it('binds a directory of the host by a volume with a device, and by --mount', async () => {
      const directory = join(berth.directory, 'bound')
      mkdirSync(directory)
      writeFileSync(join(directory, 'file'), 'host\n')
      await ok('volume', 'create', '-o', 'type=none', '-o', `device=${directory}`, '-o', 'o=bind', 'bound')
      const bind = ['--mount', `type=bind,src=${directory},dst=/b,ro`, '-v', 'bound:/v']
      expect(await sh(bind, 'cat /b/file; echo in > /v/new; touch /b/x 2>&1; true')).toMatch(
        /^host\ntouch: .*Read-only/,
      )
      expect(readFileSync(join(directory, 'new'), 'utf8')).toBe('in\n')
    })

    it('mounts memory, images and parts of volumes', async () => {
      const tmpfs = ['--mount', 'type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1711']
      expect(await sh(tmpfs, `${mode('/t')}; df -k /t | tail -n 1 | tr -s " " | cut -d" " -f2`)).toBe('0:0 1711\n1024')
      const image = ['--mount', 'type=image,src=busybox,dst=/i', '--mount', 'type=image,src=busybox,dst=/w,rw=true']
      expect(await sh(image, 'ls /i/bin/busybox; touch /i/x 2>&1; echo new > /w/x; cat /w/x')).toMatch(
        /^\/i\/bin\/busybox\ntouch: .*Read-only file system\nnew$/,
      )
      await sh(['-v', 'parted:/p'], 'mkdir -p /p/sub/deep; echo part > /p/sub/deep/file')
      expect(await sh(['--mount', 'type=volume,src=parted,dst=/d,subpath=sub'], 'ls /d; cat /d/deep/file')).toBe(
        'deep\npart',
      )
    })

    it('takes the volumes of another container, as they are or read-only', async () => {
      await ok('create', '--pod', 'hold', '--name', 'giver', '-v', 'gift:/gift', 'busybox', 'true')
      await sh(['--volumes-from', 'giver'], 'echo given > /gift/file')
      expect(await sh(['--volumes-from', 'giver:ro'], 'cat /gift/file; touch /gift/x 2>&1; true')).toMatch(
        /^given\ntouch: .*Read-only/,
      )
      await ok('rm', 'giver')
    })

    it('maps the owners of a volume and of a directory with idmap, and of nothing else', async () => {
      const directory = join(berth.directory, 'mapped')
      mkdirSync(directory)
      writeFileSync(join(directory, 'file'), 'host\n')
      await sh(['-v', 'mapped:/data'], 'touch /data/file')
      const map = 'idmap=uids=0-7-1000;gids=0-8-1000'
      const both = ['-v', `mapped:/v:${map}`, '-v', `${directory}:/b:ro,${map}`, '-v', 'mapped:/plain']
      const look = "for i in /v/file /b/file /plain/file; do stat -c '%u:%g' $i; done; touch /b/x 2>&1; cat /b/file"
      expect(await sh(both, look)).toMatch(/^7:8\n7:8\n0:0\ntouch: .*Read-only file system\nhost$/)
    })

    it('removes anonymous volumes with their container alone', async () => {
      const before = await ok('volume', 'ls', '-q')
      await sh(['-v', '/anonymous', '-v', 'kept:/kept'], 'echo x > /anonymous/x')
      expect(await ok('volume', 'ls', '-q')).toBe(before)
    })

    it('gives secrets as files, with owner, mode and place, and as variables', async () => {
      const word = join(berth.directory, 'word')
      writeFileSync(word, 'swordfish')
      await ok('secret', 'create', 'word', word)
      expect(await sh(['--secret', 'word'], `cat /run/secrets/word; echo; ${mode('/run/secrets/word')}`)).toBe(
        'swordfish\n0:0 444',
      )
      const placed = ['--secret', 'word,target=/etc/word,uid=5,gid=6,mode=0400']
      expect(await sh(placed, `cat /etc/word; echo; ${mode('/etc/word')}`)).toBe('swordfish\n5:6 400')
      const named = ['--secret', 'word,type=env', '--secret', 'word,type=env,target=OTHER']
      expect(await sh(named, 'echo $word $OTHER')).toBe('swordfish swordfish')
      await ok('secret', 'rm', 'word')
    })

    it('gives secrets that pass keeps encrypted, as they are at that moment', async () => {
      const word = join(berth.directory, 'passed')
      writeFileSync(word, 'marlin')
      const options = ['--driver-opts', `root=${passwords.root},gpghomedir=${passwords.home}`]
      const id = await ok('secret', 'create', '--driver', 'pass', ...options, 'passed', word)
      expect(readFileSync(join(passwords.root, `${id}.gpg`)).includes('marlin')).toBe(false)
      const both = ['--secret', 'passed', '--secret', 'passed,type=env,target=PASSED']
      expect(await sh(both, 'cat /run/secrets/passed; echo " $PASSED"')).toBe('marlin marlin')
      await passwords.change(id, 'herring')
      expect(await sh(both, 'cat /run/secrets/passed; echo " $PASSED"')).toBe('herring herring')
      await ok('secret', 'rm', 'passed')
    })

    it('gives secrets of commands', async () => {
      const store = join(berth.directory, 'shell-secrets')
      mkdirSync(store)
      const word = join(berth.directory, 'told')
      writeFileSync(word, 'sprat')
      const commands = [
        `store=cat > ${store}/$SECRET_ID`,
        `lookup=cat ${store}/$SECRET_ID`,
        `delete=rm ${store}/$SECRET_ID`,
        `list=ls ${store}`,
      ]
      await ok(
        'secret',
        'create',
        '--driver',
        'shell',
        ...commands.flatMap((each) => ['--driver-opts', each]),
        'told',
        word,
      )
      expect(await sh(['--secret', 'told'], 'cat /run/secrets/told')).toBe('sprat')
      await ok('secret', 'rm', 'told')
      expect(readdirSync(store)).toEqual([])
    })
  })
}
