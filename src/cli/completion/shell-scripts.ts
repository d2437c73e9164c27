export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** The script that makes a shell ask `berth __complete` for what may be typed next. */
export function shellScript(shell: Shell, descriptions: boolean): string {
  return scripts[shell](descriptions ? '__complete' : '__completeNoDesc')
}

const scripts: Readonly<Record<Shell, (command: string) => string>> = {
  bash: (command) => `# bash completion for berth
_berth() {
  local line offers files=1
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  offers=$(berth ${command} "\${words[@]}" 2>/dev/null) || return
  while IFS= read -r line; do
    case $line in
      :files) files=0 ;;
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done <<<"$offers"
  # A colon or an equals sign begins a new word for bash: only what comes behind it is replaced.
  local typed=\${COMP_WORDS[COMP_CWORD]} whole
  if [[ $COMP_WORDBREAKS == *=* && \${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
    whole="\${COMP_WORDS[COMP_CWORD-2]}="
    offers=$(berth ${command} "\${COMP_WORDS[@]:1:COMP_CWORD-3}" "$whole$typed" 2>/dev/null)
    COMPREPLY=()
    while IFS= read -r line; do
      [[ $line == :* ]] || { line=\${line%%$'\\t'*}; COMPREPLY+=("\${line#"$whole"}"); }
    done <<<"$offers"
  fi
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  [[ $files -eq 0 && \${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
  return 0
}
complete -F _berth berth
`,
  zsh: (command) => `#compdef berth
# zsh completion for berth
_berth() {
  local line
  local -a offers
  local files=1
  for line in "\${(@f)$(berth ${command} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) files=0 ;;
      :*|'') ;;
      *) offers+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#offers} )) && _describe -V 'berth' offers
  (( files == 0 )) && _files
}
if [ "$funcstack[1]" = "_berth" ]; then _berth "$@"; else compdef _berth berth; fi
`,
  fish: (command) => `# fish completion for berth
function __berth_offers
  set -l words (commandline -opc) (commandline -ct)
  for line in (berth ${command} $words[2..-1] 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path (commandline -ct)
    else if not string match -q ':*' -- $line
      echo $line
    end
  end
end
complete -c berth -e
complete -c berth -f -k -a '(__berth_offers)'
`,
}
