import type {SpecTemplate} from '../spec-template.ts'
import type {FilesContext} from './files-context.ts'

/**
 * /run/.containerenv: programs look whether it exists; only a privileged container, which can find out anyway, is told
 * more.
 */
export function containerEnv({id, name, security}: SpecTemplate, context: FilesContext): string {
  if (!security.privileged) return ''
  const {engine, image, rootless} = context
  return [
    `engine=${JSON.stringify(engine)}`,
    `name=${JSON.stringify(name)}`,
    `id=${JSON.stringify(id)}`,
    `image=${JSON.stringify(image?.name ?? '')}`,
    `imageid=${JSON.stringify(image?.id ?? '')}`,
    `rootless=${rootless ? 1 : 0}`,
    '',
  ].join('\n')
}
