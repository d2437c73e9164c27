import {writeFileSync} from 'node:fs'
import {hostname as hostnameOfThisHost} from 'node:os'
import {join} from 'node:path'
import type {Mount} from '../../types/runtime-spec.ts'
import type {SpecTemplate} from '../spec-template.ts'
import {containerEnv} from './container-env.ts'
import type {FilesContext} from './files-context.ts'
import {hostsFile} from './hosts-file.ts'
import {linkMtab} from './mtab.ts'
import {resolvConf} from './resolv-conf.ts'
import {timezoneFile} from './timezone.ts'

/**
 * Writes the files that the engine makes for a container (hosts, resolv.conf, hostname, .containerenv, localtime) and
 * returns their mounts; links /etc/mtab where the image has none. One whose place the request mounts itself is left out, as are those that options turn off.
 */
export function writeContainerFiles(template: SpecTemplate, context: FilesContext): Mount[] {
  linkMtab(context.rootfs)
  const files = new FileSet(template, context.directory)
  const {shared} = context.network
  if (template.hostsFile.manage) {
    if (shared?.hosts) files.addShared('/etc/hosts', shared.hosts)
    else files.add('/etc/hosts', 'hosts', () => hostsFile(template, context))
  }
  if (shared?.resolvConf) files.addShared('/etc/resolv.conf', shared.resolvConf)
  else if (hasResolvConf(template)) {
    files.add('/etc/resolv.conf', 'resolv.conf', () =>
      resolvConf(template.dns, context.network, keepsLoopback(template)),
    )
  }
  if (template.hostname.manageFile) files.add('/etc/hostname', 'hostname', () => hostnameText(template))
  // Not into a /run of the request: that may be a directory of the host.
  if (!template.mounts.some(({destination}) => destination === '/run')) {
    files.add('/run/.containerenv', '.containerenv', () => containerEnv(template, context))
  }
  const {timezone} = template.process
  if (timezone) files.add('/etc/localtime', 'localtime', () => timezoneFile(timezone))
  return files.mounts
}

/** The names of a container that has no network never leave it. */
function hasResolvConf({namespaces, dns}: SpecTemplate): boolean {
  return namespaces.network.mode !== 'none' && !dns.servers.includes('none')
}

/** A resolver on the host's loopback can be reached only from the host's own network namespace. */
function keepsLoopback({namespaces}: SpecTemplate): boolean {
  return namespaces.network.mode === 'host'
}

function hostnameText({hostname}: SpecTemplate): string {
  return `${hostname.effective || hostname.requested || hostnameOfThisHost()}\n`
}

const IN_CHROOTS = ['/etc/hosts', '/etc/resolv.conf']

class FileSet {
  readonly mounts: Mount[] = []
  readonly #template: SpecTemplate
  readonly #directory: string

  constructor(template: SpecTemplate, directory: string) {
    this.#template = template
    this.#directory = directory
  }

  add(destination: string, name: string, content: () => string | Uint8Array): void {
    if (this.#isTaken(destination)) return
    const source = join(this.#directory, name)
    writeFileSync(source, content(), {mode: 0o644})
    this.addShared(destination, source)
  }

  addShared(destination: string, source: string): void {
    if (this.#isTaken(destination)) return
    const roots = IN_CHROOTS.includes(destination) ? ['', ...this.#template.chrootDirs] : ['']
    for (const root of roots) this.mounts.push(this.#mount(join('/', root, destination), source))
  }

  #isTaken(destination: string): boolean {
    return this.#template.mounts.some((mount) => mount.destination === destination)
  }

  #mount(destination: string, source: string): Mount {
    const locked = this.#template.security.readOnlyRootfs ? ['ro', 'nosuid', 'noexec', 'nodev'] : []
    return {destination, type: 'bind', source, options: ['bind', 'rprivate', ...locked]}
  }
}
