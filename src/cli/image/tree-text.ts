import type {TreeLayer} from '../../image/index.ts'
import {humanSize} from '../human-size.ts'

/** The layers as podman draws them: a chain of only children is a flat list, a fork opens a deeper level. */
export function treeText(layers: readonly TreeLayer[]): string {
  return draw(flatten(layers), '')
}

interface Branch {
  readonly layer: TreeLayer
  readonly below: readonly Branch[]
}

function flatten(layers: readonly TreeLayer[]): readonly Branch[] {
  return layers.flatMap((layer) => {
    const below = flatten(layer.children)
    return layer.children.length > 1 ? [{layer, below}] : [{layer, below: []}, ...below]
  })
}

function draw(branches: readonly Branch[], indent: string): string {
  return branches
    .map(({layer, below}, index) => {
      const isLast = index === branches.length - 1
      return `${indent}${isLast ? '└── ' : '├── '}${line(layer)}\n${draw(below, indent + (isLast ? '    ' : '│   '))}`
    })
    .join('')
}

function line({id, sizeBytes, topOf}: TreeLayer): string {
  const top = topOf.length > 0 ? ` Top Layer of: [${topOf.join(' ')}]` : ''
  return `ID: ${id.replace('sha256:', '').slice(0, 12)} Size: ${humanSize(sizeBytes).padStart(7)}${top}`
}
