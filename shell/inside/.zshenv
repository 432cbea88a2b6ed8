# zsh's first start-up file in `nono shell`. The user's own is read if a grant
# gives it back; test -r cannot tell, since the sandbox refuses only the opening.
# It may set ZDOTDIR; zsh must still find .zshrc here, which gives it back.
# Not in a function, where what the user declares would be local.
_nono_inside=$ZDOTDIR
if [[ -n ${NONO_ZDOTDIR-} ]]; then
	export ZDOTDIR=$NONO_ZDOTDIR
else
	unset ZDOTDIR
fi
if { : <"${ZDOTDIR:-$HOME}/.zshenv" } 2>/dev/null; then
	. "${ZDOTDIR:-$HOME}/.zshenv"
fi
NONO_ZDOTDIR=${ZDOTDIR-}
ZDOTDIR=$_nono_inside
# What macOS has in /etc/zshrc would keep a session in ZDOTDIR, and complain.
SHELL_SESSIONS_DISABLE=1
