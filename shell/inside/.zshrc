# zsh's start-up file in `nono shell`: ZDOTDIR becomes the user's again, and the
# user's own file is read if a grant gives it back; test -r cannot tell, since
# the sandbox refuses only the opening.
_nono_inside=$ZDOTDIR
if [[ -n ${NONO_ZDOTDIR-} ]]; then
	export ZDOTDIR=$NONO_ZDOTDIR
else
	unset ZDOTDIR
fi
unset NONO_ZDOTDIR
_nono_own .zshrc
. $_nono_inside/../nono.zsh
unset _nono_inside
