/** One instruction of a Containerfile, taken apart but not yet expanded. */
export interface Instruction {
  /** Upper case. */
  readonly keyword: Keyword
  /** 1-based line where it begins. */
  readonly line: number
  /** `--name=value` before the arguments; a bare `--link` has the value `true`. */
  readonly flags: readonly InstructionFlag[]
  /** The arguments, lines joined, comments and here-documents taken out. */
  readonly text: string
  readonly heredocs: readonly Heredoc[]
  /** In one line, as progress and history show it. */
  readonly original: string
}

export interface InstructionFlag {
  readonly name: string
  readonly value: string
}

export interface Heredoc {
  readonly name: string
  readonly content: string
  /** False when the delimiter was quoted: variables stay as they are. */
  readonly expand: boolean
}

export const keywords = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const

export type Keyword = (typeof keywords)[number]

/** A build stage: what follows one FROM. */
export interface Stage {
  readonly index: number
  /** Of `AS NAME`, else the index. */
  readonly name: string
  readonly from: Instruction
  readonly instructions: readonly Instruction[]
}

export interface Containerfile {
  /** ARGs before the first FROM: their values serve in FROM lines, and in stages that name them. */
  readonly globalArgs: readonly Instruction[]
  readonly stages: readonly Stage[]
  /** `\` or, by directive, `` ` ``. */
  readonly escapeChar: string
}
