import {runQuick} from '../../host/index.ts'

/** The package that a file belongs to, as `NAME_VERSION_ARCH` on Debian, as rpm names it elsewhere; `Unknown` otherwise. */
export async function packageOf(path: string): Promise<string> {
  return (await debianPackage(path)) ?? (await firstLine('rpm', ['-qf', path])) ?? 'Unknown'
}

/** What the program says about its version. */
export async function versionOf(path: string): Promise<string> {
  return (await outputOf(path, ['--version']))?.trimEnd() ?? ''
}

async function debianPackage(path: string): Promise<string | undefined> {
  const owner = (await firstLine('dpkg', ['-S', path]))?.split(':')[0]
  if (!owner) return undefined
  return firstLine('dpkg-query', ['-f', `\${Package}_\${Version}_\${Architecture}\n`, '-W', owner])
}

async function firstLine(program: string, args: readonly string[]): Promise<string | undefined> {
  return (await outputOf(program, args))?.split('\n', 1)[0]
}

async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const {exitCode, stdout} = await runQuick(program, args, {stdout: true})
    return exitCode === 0 ? stdout : undefined
  } catch {
    return undefined
  }
}
