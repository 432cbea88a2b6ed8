# nono for interactive bash, 3.2 and later. In ~/.bashrc:
#
#	. /usr/share/nono/nono.bash
#
# nono_unload takes all of it back. Nothing here starts a process.

# The subcommands that are used most, without a shell to dispatch them.
function nono {
	case ${1-} in
	run)
		local code=0
		shift
		command "${_nono_bin}nono-run" ${1+"$@"} || code=$?
		_nono_failed "$code" ${1+"$@"}
		return "$code"
		;;
	why)
		shift
		command "${_nono_bin}nono-why" ${1+"$@"}
		;;
	*) command "${_nono_bin}nono" ${1+"$@"} ;;
	esac
}

# _nono_failed STATUS [FLAG ...] …: one line about a failure that may be a refusal. Those
# are the statuses with which tools end after one: their own 1, 2 of make and ls, 101 of
# cargo, a shell's 126 and 127, 128 of git, 243 of npm. A usage error of nono and a
# command that is nowhere are none. What nono why takes for a question is left out.
function _nono_failed {
	local text='nono: hint: if something was refused, this says why: nono why' kind name word
	case $1 in
	1 | 2 | 101 | 126 | 127 | 128 | 243) shift ;;
	*) return 0 ;;
	esac
	while [ $# -gt 0 ]; do
		case $1 in
		-s | -silent | --silent | -h | --help | --version | --list-profiles | --dry-run | --print-spec | --show-profile* | --install-hook* | --remove-hook*) return 0 ;;
		--) break ;;
		-?*) ;;
		*) break ;;
		esac
		kind=0
		name=${1%%=*}
		_nono_kind "$name" || kind=$?
		[ "$kind" -ne 2 ] || return 0
		if [ "$kind" -eq 0 ] && [ "$name" = "$1" ] && [ $# -gt 1 ]; then
			printf -v word ' %s %q' "$1" "$2"
			shift
		else
			printf -v word ' %q' "$1"
		fi
		name=${name#-}
		case ${name#-} in
		keep-fd | workdir | host | deny-host | port | listen | unix-socket | record | summary) ;;
		*) text=$text$word ;;
		esac
		shift
	done
	[ "${1-}" != -- ] || shift
	case ${1-} in
	'') return 0 ;;
	*/*) ;;
	*) type -P -- "$1" >/dev/null || return 0 ;;
	esac
	printf '%s PATH\n' "$text" >&2
}

# An agent in its profile, with the working directory shared as the profile
# wants (never a home or what is above it). Flags go to nono run; the first
# other word, or what stands behind --, begins the agent's own arguments.
function sclaude { _nono_agent sclaude claude-code claude ${1+"$@"}; }
function sopencode { _nono_agent sopencode opencode opencode ${1+"$@"}; }
function sopenclaw { _nono_agent sopenclaw openclaw openclaw ${1+"$@"}; }

# _nono_agent FUNCTION PROFILE COMMAND [FLAG ...] [--] [ARGUMENT ...]
function _nono_agent {
	local self=$1 profile=$2 agent=$3 kind flags
	shift 3
	flags=(--profile "$profile" --allow-cwd)
	while [ $# -gt 0 ]; do
		case $1 in
		--) shift && break ;;
		-?*) ;;
		*) break ;;
		esac
		kind=0
		_nono_kind "$1" || kind=$?
		if [ "$kind" -eq 2 ]; then
			printf "nono: error: cannot use the flag '%s': there is no such flag\n" "$1" >&2
			printf "nono: hint: %s -- %s … passes it to %s\n" "$self" "$1" "$agent" >&2
			return 2
		elif [ "$kind" -eq 1 ]; then
			flags=("${flags[@]}" "$1")
			shift
		elif [ $# -lt 2 ]; then
			printf "nono: error: cannot use the flag '%s': its argument is missing\n" "$1" >&2
			return 2
		else
			flags=("${flags[@]}" "$1" "$2")
			shift 2
		fi
	done
	command "${_nono_bin}nono-run" "${flags[@]}" -- "$agent" ${1+"$@"}
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

# The completions are read at the first Tab.
function _nono_load {
	local file
	for file in "$_nono_dir/completions/nono.bash" "$_nono_dir/../bash-completion/completions/nono"; do
		if [ -r "$file" ]; then
			# shellcheck disable=SC1090 # one of the two
			. "$file"
			_nono ${1+"$@"}
			return 0
		fi
	done
}

# Takes back what this file did.
function nono_unload {
	local name IFS=$' \t\n'
	complete -r nono nono-run nono-why nono-learn sclaude sopencode sopenclaw 2>/dev/null || :
	case ${PS1-} in
	"${_nono_mark:-none}"*) PS1=${PS1#"$_nono_mark"} ;;
	esac
	for name in $(compgen -A function _nono) nono sclaude sopencode sopenclaw nono_unload; do
		unset -f "$name"
	done
	unset -v _nono_dir _nono_bin _nono_mark
}

_nono_dir=${BASH_SOURCE[0]%/*}
[ "$_nono_dir" != "${BASH_SOURCE[0]}" ] || _nono_dir=.
# The first Tab may come in another directory.
case $_nono_dir in
/*) ;;
*) _nono_dir=$PWD/$_nono_dir ;;
esac

# nono's programs are those that belong to this file, or those that PATH finds now:
# an environment that is activated later may put another nono in front.
function _nono_find {
	local dir IFS=:
	_nono_bin=
	for dir in "$_nono_dir/../../bin" "$_nono_dir/../bin" ${PATH-}; do
		case $dir in
		/*) [ ! -x "$dir/nono-run" ] || { _nono_bin=$dir/ && break; } ;;
		esac
	done
}
_nono_find

complete -F _nono_load nono nono-run nono-why nono-learn sclaude sopencode sopenclaw

# Inside a sandbox the prompt says so. NONO_PROMPT is the marker; empty, none.
if [ -n "${NONO_SANDBOX-}" ] && [ -n "${PS1-}" ]; then
	_nono_mark=${NONO_PROMPT-(nono) }
	case $PS1 in
	"$_nono_mark"*) ;; # read a second time
	*) PS1=$_nono_mark$PS1 ;;
	esac
fi
