# nono for interactive zsh. In ~/.zshrc, before or behind compinit:
#
#	. /usr/share/nono/nono.zsh
#
# nono_unload takes all of it back. Nothing here starts a process.

# The subcommands that are used most, without a shell to dispatch them.
function nono {
	case ${1-} in
	run)
		local code=0
		shift
		# No list: zsh leaves one at an interrupt, and the status with it.
		command "${_nono_bin}nono-run" "$@"
		code=$?
		_nono_failed "$code" "$@"
		return $code
		;;
	why)
		shift
		command "${_nono_bin}nono-why" "$@"
		;;
	*) command "${_nono_bin}nono" "$@" ;;
	esac
}

# _nono_failed STATUS [FLAG ...] …: one line about a failure that may be a refusal. Those
# are the statuses with which tools end after one: their own 1, 2 of make and ls, 101 of
# cargo, a shell's 126 and 127, 128 of git, 243 of npm. A usage error of nono and a
# command that is nowhere are none. What nono why takes for a question is left out.
function _nono_failed {
	emulate -L zsh
	local -a flags=()
	local -a words
	local name
	integer kind
	[[ $1 == (1|2|101|126|127|128|243) ]] || return 0
	shift
	while (($#)); do
		case $1 in
		-s | -silent | --silent | -h | --help | --version | --list-profiles | --dry-run | --print-spec | --show-profile* | --install-hook* | --remove-hook*) return 0 ;;
		--) break ;;
		-?*) ;;
		*) break ;;
		esac
		kind=0
		name=${1%%=*}
		_nono_kind "$name" || kind=$?
		((kind != 2)) || return 0
		words=("$1")
		if [[ $name == $1 ]] && ((kind == 0 && $# > 1)); then
			words+=("$2")
			shift
		fi
		case ${${name#-}#-} in
		keep-fd | workdir | host | deny-host | port | listen | unix-socket | record | summary) ;;
		*) flags+=("${words[@]}") ;;
		esac
		shift
	done
	[[ ${1-} != -- ]] || shift
	[[ -n ${1-} ]] || return 0
	[[ $1 == */* ]] || whence -p -- "$1" >/dev/null || return 0
	flags=("${(@q)flags}" PATH)
	print -ru2 -- "nono: hint: if something was refused, this says why: nono why ${(j: :)flags}"
}

# An agent in its profile, with the working directory shared as the profile
# wants (never a home or what is above it). Flags go to nono run; the first
# other word, or what stands behind --, begins the agent's own arguments.
function sclaude { _nono_agent sclaude claude-code claude "$@"; }
function sopencode { _nono_agent sopencode opencode opencode "$@"; }
function sopenclaw { _nono_agent sopenclaw openclaw openclaw "$@"; }

# _nono_agent FUNCTION PROFILE COMMAND [FLAG ...] [--] [ARGUMENT ...]
function _nono_agent {
	emulate -L zsh
	local self=$1 profile=$2 agent=$3
	integer kind
	local -a flags
	shift 3
	flags=(--profile "$profile" --allow-cwd)
	while (($#)); do
		case $1 in
		--) shift; break ;;
		-?*) ;;
		*) break ;;
		esac
		kind=0
		_nono_kind "$1" || kind=$?
		if ((kind == 2)); then
			print -ru2 -- "nono: error: cannot use the flag '$1': there is no such flag"
			print -ru2 -- "nono: hint: $self -- $1 … passes it to $agent"
			return 2
		elif ((kind == 1)); then
			flags+=("$1")
			shift
		elif (($# < 2)); then
			print -ru2 -- "nono: error: cannot use the flag '$1': its argument is missing"
			return 2
		else
			flags+=("$1" "$2")
			shift 2
		fi
	done
	command "${_nono_bin}nono-run" "${flags[@]}" -- "$agent" "$@"
}

# 0: the flag takes an argument; 1: it takes none; 2: there is no such flag.
# generated: the flags of nono run
function _nono_kind {
	case $1 in
	-*=*) return 1 ;;
	-a | --a | --allow | -allow | -r | --r | --read | -read | -w | \
		--w | --write | -write | --allow-file | -allow-file | --read-file | \
		-read-file | --write-file | -write-file | --temp | -temp | --device | \
		-device | --deny | -deny | --deny-write | -deny-write | --host | \
		-host | --deny-host | -deny-host | --listen | -listen | --port | \
		-port | --unix-socket | -unix-socket | --allow-command | -allow-command | \
		--block-command | -block-command | --allow-env | -allow-env | \
		--secret | -secret | --credential | -credential | --undo-limit | \
		-undo-limit | --audit-log | -audit-log | --audit-level | -audit-level | \
		--until | -until | --ask-with | -ask-with | --ask-timeout | -ask-timeout | \
		--ask-protected | -ask-protected | -p | --p | --profile | -profile | \
		--workdir | -workdir | --keep-fd | -keep-fd | --show-profile | \
		-show-profile | --install-hook | -install-hook | --remove-hook | \
		-remove-hook | --record | -record | --summary | -summary) return 0 ;;
	--allow-rmdir | -allow-rmdir | --allow-rmdir-own | -allow-rmdir-own | \
		--allow-beside-denied | -allow-beside-denied | --protect-repo | \
		-protect-repo | --hold-metadata | -hold-metadata | --net-block | \
		-net-block | --inner-sockets | -inner-sockets | --allow-unix-sockets | \
		-allow-unix-sockets | --private-shm | -private-shm | --allow-ipc | \
		-allow-ipc | --allow-keychain | -allow-keychain | --ephemeral | \
		-ephemeral | --undo | -undo | --audit-kernel | -audit-kernel | \
		--audit-required | -audit-required | --end-kills | -end-kills | \
		--ask | -ask | --explain | -explain | --wait-all | -wait-all | \
		--allow-cwd | -allow-cwd | --trust-project | -trust-project | \
		--no-project | -no-project | --list-profiles | -list-profiles | \
		--dry-run | -dry-run | --print-spec | -print-spec | -v | --v | \
		--verbose | -verbose | -s | --s | --silent | -silent | -h | --h | \
		--help | -help | --version | -version) return 1 ;;
	esac
	return 2
}
# end of what is generated

# Takes back what this file did.
function nono_unload {
	emulate -L zsh
	if (($+functions[compdef])); then
		compdef -d nono nono-run nono-why sclaude sopencode sopenclaw
	fi
	if [[ -n ${_nono_mark-} && $PS1 == "$_nono_mark"* ]]; then
		PS1=${PS1#"$_nono_mark"}
	fi
	fpath=(${fpath:#${_nono_added-}})
	unset _nono_mark _nono_added _nono_bin
	unfunction -m 'nono' 'sclaude' 'sopencode' 'sopenclaw' '_nono' '_nono_*' 'nono_unload'
}

# The completions: beside this file in a source tree, else where zsh looks for
# what is installed. Before compinit fpath is enough; behind it, it must be told.
# In a function, so that the user's options do not matter.
function _nono_complete {
	emulate -L zsh
	local dir
	for dir in $1/completions ${1:h}/zsh/{site-functions,vendor-completions}; do
		if [[ -r $dir/_nono ]]; then
			if ((! $fpath[(Ie)$dir])); then
				typeset -g _nono_added=$dir
				fpath+=("$dir")
			fi
			break
		fi
	done
	autoload -Uz _nono
	if (($+functions[compdef])); then
		compdef _nono nono nono-run nono-why sclaude sopencode sopenclaw
	fi
}
# nono's programs are those that belong to this file, or those that PATH finds now:
# an environment that is activated later may put another nono in front.
function _nono_find {
	emulate -L zsh
	local dir
	typeset -g _nono_bin=
	for dir in ${1:h:h}/bin ${1:h}/bin $path; do
		if [[ $dir == /* && -x $dir/nono-run ]]; then
			_nono_bin=$dir/
			break
		fi
	done
}
_nono_find "${${(%):-%x}:A:h}"
unfunction _nono_find
_nono_complete "${${(%):-%x}:A:h}"
unfunction _nono_complete

# Inside a sandbox the prompt says so. NONO_PROMPT is the marker; empty, none.
if [[ -n ${NONO_SANDBOX-} && -n ${PS1-} ]]; then
	_nono_mark=${NONO_PROMPT-(nono) }
	if [[ $PS1 != "$_nono_mark"* ]]; then # it may be read a second time
		PS1=$_nono_mark$PS1
	fi
fi
