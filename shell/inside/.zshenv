# zsh's first start-up file in `nono shell`. ZDOTDIR stays here until .zshrc, so
# that zsh finds that too.
function _nono_own {
	local own=${NONO_ZDOTDIR:-$HOME}/$1
	if { : <$own } 2>/dev/null; then
		. $own
	fi
}
_nono_own .zshenv
