# zsh's start-up file in `nono shell`: ZDOTDIR becomes the user's again, and the
# user's own file is read if a grant gives it back.
if [[ -n ${NONO_ZDOTDIR-} ]]; then
	export ZDOTDIR=$NONO_ZDOTDIR
else
	unset ZDOTDIR
fi
unset NONO_ZDOTDIR
# macOS's /etc/zshrc puts the history beside the start-up files.
if [[ ${HISTFILE-} == "$_nono_inside"/* ]]; then
	HISTFILE=${ZDOTDIR:-$HOME}/${HISTFILE:t}
fi
if { : <"${ZDOTDIR:-$HOME}/.zshrc" } 2>/dev/null; then
	. "${ZDOTDIR:-$HOME}/.zshrc"
fi
. "$_nono_inside/../nono.zsh"
unset _nono_inside
