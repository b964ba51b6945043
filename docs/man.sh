#!/bin/bash
# Makes the manual page of the program's own help: man.sh PROGRAM > pianojys.1
set -eu
program=$1
# A backslash, and a dot or an apostrophe at a line's start, mean something to troff; so do plain hyphens.
escape() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\\([.']\\)/\\\\\&\\1/"; }
help() { COLUMNS=78 "$program" help "$@" | escape; }
# The names in the list of subcommands of a help text: indented by two, after its heading.
commands() {
    COLUMNS=200 "$program" help "$@" \
        | awk '/^[A-Z ]*SUBCOMMANDS:/ { list = 1; next } /^  See / { list = 0 } list && /^  [a-z]/ { print $1 }'
}
section() {
    printf '.SH "%s"\n.nf\n' "$(echo "pianojys${*:+ $*}" | escape)"
    help "$@"
    printf '.fi\n'
}

printf '.TH PIANOJYS 1 "" "pianojys %s"\n' "$("$program" --version)"
printf '.SH NAME\npianojys \\- %s\n' "$("$program" --help | sed -n 's/^OVERVIEW: //p' | escape)"
section
for command in $(commands); do
    section "$command"
    for nested in $(commands "$command"); do section "$command" "$nested"; done
done
