import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import {installRoot} from '../../src/host/index.ts'

/** Where kernel and initramfs of the machines under test are. */
export function guestDirectory(): string {
  return process.env.BERTH_VM_GUEST ?? join(installRoot(), 'guest/build')
}

/** Why virtual machines cannot be tested here, or undefined. */
export function missingGuest(): string | undefined {
  return existsSync(join(guestDirectory(), 'vmlinux')) ? undefined : 'needs the guest image: sh guest/build.sh'
}

/** Bundles the sources as a build does, and returns a launcher that podman and conmon can run. */
export async function buildRuntime(directory: string): Promise<string> {
  const root = installRoot()
  mkdirSync(directory, {recursive: true})
  const entry = `import {main} from ${JSON.stringify(join(root, 'src/vm/cli/main.ts'))}
main(process.argv.slice(2)).then((code) => { process.exitCode = code })`
  await build({
    stdin: {contents: entry, resolveDir: root, loader: 'ts'},
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: join(directory, 'berth-vm.cjs'),
    define: {'import.meta.dirname': JSON.stringify(join(root, 'src/host'))},
    logLevel: 'error',
  })
  const launcher = join(directory, 'berth-vm')
  writeFileSync(launcher, `#!/bin/sh\nexec ${process.execPath} ${join(directory, 'berth-vm.cjs')} "$@"\n`)
  chmodSync(launcher, 0o755)
  return launcher
}
