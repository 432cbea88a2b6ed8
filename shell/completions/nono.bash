# Completion of nono for bash. Generated from the tables of flags.
# shellcheck shell=bash

_nono_list_run() {
	printf '%s\n' \
		-a --allow -r --read -w --write --allow-file \
		--read-file --write-file --temp --device \
		--allow-rmdir --allow-rmdir-own --allow-beside-denied --deny \
		--deny-write --protect-repo --hold-metadata --net-block \
		--host --deny-host --listen --port \
		--unix-socket --inner-sockets --allow-unix-sockets --private-shm \
		--allow-ipc --allow-keychain --allow-command --block-command \
		--allow-env --secret --credential --ephemeral \
		--undo --undo-limit --audit-log --audit-level \
		--audit-kernel --audit-required --until --end-kills \
		--ask --ask-with --ask-timeout --ask-protected \
		--explain --wait-all -p --profile --workdir \
		--allow-cwd --trust-project --no-project --keep-fd \
		--list-profiles --show-profile --install-hook --remove-hook \
		--record --summary --dry-run --print-spec \
		-v --verbose -s --silent -h --help --version
}

_nono_kind_run() {
	case $1 in
	-a | --a | --allow | -allow | -r | --r | --read | -read | -w | \
		--w | --write | -write | --temp | -temp | --workdir | -workdir) echo 'DIR' ;;
	--allow-file | -allow-file | --read-file | -read-file | --write-file | \
		-write-file | --audit-log | -audit-log | --ask-with | -ask-with) echo 'FILE' ;;
	--device | -device | --deny | -deny | --deny-write | -deny-write | \
		--unix-socket | -unix-socket | --ask-protected | -ask-protected) echo 'PATH' ;;
	--host | -host | --deny-host | -deny-host) echo 'HOST' ;;
	--listen | -listen) echo '[ADDRESS:]PORT' ;;
	--port | -port) echo 'N[-M]' ;;
	--allow-command | -allow-command) echo 'CATEGORY' ;;
	--block-command | -block-command) echo 'COMMAND' ;;
	--allow-env | -allow-env) echo 'NAME' ;;
	--secret | -secret) echo 'NAME=SOURCE' ;;
	--credential | -credential) echo 'NAME[:N/UNIT][=SOURCE]' ;;
	--ephemeral | -ephemeral) echo '[=WHEN]' ;;
	--undo-limit | -undo-limit) echo 'SIZE' ;;
	--audit-level | -audit-level) echo 'WORDS:refused exec all' ;;
	--until | -until) echo 'TIME' ;;
	--ask-timeout | -ask-timeout) echo 'SPAN' ;;
	-p | --p | --profile | -profile | --show-profile | -show-profile) echo 'PROFILE' ;;
	--keep-fd | -keep-fd | --record | -record) echo 'N' ;;
	--install-hook | -install-hook | --remove-hook | -remove-hook) echo 'WORDS:claude-code codex copilot cursor gemini opencode qwen' ;;
	--summary | -summary) echo 'WORDS:text json none' ;;
	esac
}

_nono_list_why() {
	printf '%s\n' \
		--path --op --to --host \
		--port --udp --unix-socket --command \
		--request --reason --batch --support \
		--hook --summary --spec --self \
		--platform --grant-port --grant-unix-socket --grant-host \
		--json -v --verbose -s --silent -h --help \
		--version -a --allow -r --read -w --write \
		--allow-file --read-file --write-file --temp \
		--device --allow-rmdir --allow-rmdir-own --allow-beside-denied \
		--deny --deny-write --protect-repo --hold-metadata \
		--net-block --deny-host --listen --inner-sockets \
		--allow-unix-sockets --private-shm --allow-ipc --allow-keychain \
		--allow-command --block-command --allow-env --secret \
		--credential --ephemeral --undo --undo-limit \
		--audit-log --audit-level --audit-kernel --audit-required \
		--until --end-kills --ask --ask-with \
		--ask-timeout --ask-protected --explain --wait-all \
		-p --profile --workdir --allow-cwd --trust-project \
		--no-project
}

_nono_kind_why() {
	case $1 in
	--path | -path | --to | -to | --unix-socket | -unix-socket | \
		--grant-unix-socket | -grant-unix-socket | --device | -device | \
		--deny | -deny | --deny-write | -deny-write | --ask-protected | \
		-ask-protected) echo 'PATH' ;;
	--op | -op) echo 'WORDS:read write readwrite execute list create delete rmdir mkdir symlink mkfifo mksock mkdev truncate rename-to link-to ioctl connect metadata' ;;
	--host | -host | --grant-host | -grant-host | --deny-host | -deny-host) echo 'HOST' ;;
	--port | -port) echo 'N' ;;
	--command | -command | --block-command | -block-command) echo 'COMMAND' ;;
	--reason | -reason) echo 'WORDS:claude-code codex copilot cursor gemini opencode qwen' ;;
	--spec | -spec | --allow-file | -allow-file | --read-file | -read-file | \
		--write-file | -write-file | --audit-log | -audit-log | --ask-with | \
		-ask-with) echo 'FILE' ;;
	--platform | -platform) echo 'WORDS:linux darwin' ;;
	--grant-port | -grant-port) echo 'N[-M]' ;;
	-a | --a | --allow | -allow | -r | --r | --read | -read | -w | \
		--w | --write | -write | --temp | -temp | --workdir | -workdir) echo 'DIR' ;;
	--listen | -listen) echo '[ADDRESS:]PORT' ;;
	--allow-command | -allow-command) echo 'CATEGORY' ;;
	--allow-env | -allow-env) echo 'NAME' ;;
	--secret | -secret) echo 'NAME=SOURCE' ;;
	--credential | -credential) echo 'NAME[:N/UNIT][=SOURCE]' ;;
	--ephemeral | -ephemeral) echo '[=WHEN]' ;;
	--undo-limit | -undo-limit) echo 'SIZE' ;;
	--audit-level | -audit-level) echo 'WORDS:refused exec all' ;;
	--until | -until) echo 'TIME' ;;
	--ask-timeout | -ask-timeout) echo 'SPAN' ;;
	-p | --p | --profile | -profile) echo 'PROFILE' ;;
	esac
}

_nono_list_learn() {
	printf '%s\n' \
		-o --output --force --add-to --check \
		--host --allow-env --commands -s --silent \
		-h --help --version
}

_nono_kind_learn() {
	case $1 in
	-o | --o | --output | -output) echo 'TEXT' ;;
	--add-to | -add-to | --check | -check) echo 'PROFILE' ;;
	--host | -host) echo 'HOST' ;;
	--allow-env | -allow-env) echo 'NAME' ;;
	esac
}

# Makes each line of $1 a candidate. An array would take a name for a pattern.
_nono_take() {
	local line
	while IFS= read -r line; do
		[ -z "$line" ] || COMPREPLY+=("$line")
	done <<<"$1"
}

# Candidates of the lines of $1.
_nono_words() {
	local IFS=$'\n'
	_nono_take "$(compgen -W "$1" -- "$cur")"
}

_nono_profiles() {
	command nono-run --list-profiles 2>/dev/null | while IFS=' ' read -r name _; do printf '%s\n' "$name"; done
}

# The argument of the kind $1.
_nono_argument() {
	local IFS=$' \t\n'
	case $1 in
	DIR | FILE | PATH) compopt -o filenames 2>/dev/null ;;
	esac
	case $1 in
	DIR) _nono_take "$(compgen -d -- "$cur")" ;;
	FILE | PATH) _nono_take "$(compgen -f -- "$cur")" ;;
	PROFILE) _nono_words "$(_nono_profiles)" ;;
	CATEGORY)
		_nono_words $'all\nfile-destruction\ndisk-operations\npermission-changes\nsystem-modification\npackage-managers\nfile-operations\nprivilege-escalation\nnetwork-exfiltration'
		_nono_take "$(compgen -c -- "$cur")"
		;;
	COMMAND) _nono_take "$(compgen -c -- "$cur")" ;;
	NAME) _nono_take "$(compgen -e -- "$cur")" ;;
	HOST) _nono_take "$(compgen -A hostname -- "$cur")" ;;
	WORDS:*)
		IFS=' '
		_nono_take "$(compgen -W "${1#WORDS:}" -- "$cur")"
		;;
	esac
}

# The command that begins at word $1 completes as if it stood alone.
_nono_command() {
	local at=$1 spec function command
	if [ "$at" -eq "$COMP_CWORD" ]; then
		compopt -o filenames 2>/dev/null
		case $cur in
		*/*) _nono_take "$(compgen -f -- "$cur")" ;;
		*) _nono_take "$(compgen -c -- "$cur")" ;;
		esac
		return
	fi
	if declare -F _comp_command_offset >/dev/null; then
		_comp_command_offset "$at"
		return
	elif declare -F _command_offset >/dev/null; then
		_command_offset "$at"
		return
	fi
	command=${COMP_WORDS[$at]}
	spec=$(complete -p -- "$command" 2>/dev/null || complete -p -- "${command##*/}" 2>/dev/null)
	case $spec in
	*' -F '*)
		function=${spec#*' -F '}
		function=${function%% *}
		COMP_WORDS=("${COMP_WORDS[@]:$at}")
		COMP_CWORD=$((COMP_CWORD - at))
		local IFS=' '
		COMP_LINE="${COMP_WORDS[*]}"
		COMP_POINT=${#COMP_LINE}
		unset IFS
		"$function" "$command" "$cur" "${COMP_WORDS[$((COMP_CWORD - 1))]}"
		;;
	'complete '*)
		# What complete prints is what compgen takes, but for the name.
		spec=${spec#complete }
		_nono_take "$(eval "compgen ${spec% *} -- \"\$cur\"")"
		;;
	*)
		_nono_argument FILE
		;;
	esac
}

# The flags of $1 from word $2 on; with $3 an agent's, whose words end them.
_nono_flags() {
	local table=$1 at=$2 kind='' word
	while [ "$at" -lt "$COMP_CWORD" ]; do
		word=${COMP_WORDS[$at]}
		case $word in
		--)
			_nono_after "$table" $((at + 1)) "$3"
			return
			;;
		-*)
			kind=$(_nono_kind_"$table" "$word")
			at=$((at + 1))
			# bash splits --flag=argument at the sign.
			if [ "${COMP_WORDS[$at]-}" = = ]; then
				[ "$at" -lt "$COMP_CWORD" ] || cur=
				at=$((at + 1))
			fi
			if [ -n "$kind" ]; then
				if [ "$at" -ge "$COMP_CWORD" ]; then
					_nono_argument "$kind"
					return
				fi
				at=$((at + 1))
			fi
			;;
		*)
			_nono_after "$table" "$at" "$3"
			return
			;;
		esac
	done
	case $cur in
	-*)
		_nono_words "$(_nono_list_"$table")"
		;;
	*)
		_nono_after "$table" "$at" "$3"
		;;
	esac
}

# What stands behind the flags of $1, from word $2 on.
_nono_after() {
	if [ "$1" = why ]; then
		_nono_argument PATH
	elif [ "$3" = shell ]; then
		COMPREPLY=()
	elif [ -n "$3" ]; then
		# An agent's own completion, as if it had been typed.
		COMP_WORDS=("$3" "${COMP_WORDS[@]:$2}")
		COMP_CWORD=$((COMP_CWORD - $2 + 1))
		local IFS=' '
		COMP_LINE="${COMP_WORDS[*]}"
		COMP_POINT=${#COMP_LINE}
		unset IFS
		_nono_command 0
	else
		_nono_command "$2"
	fi
}

# What the subcommand $1 takes, whose words begin at word $2.
_nono_sub() {
	local verb='' verbs='' flags='' profiles=''
	[ "$COMP_CWORD" -eq "$2" ] || verb=${COMP_WORDS[$2]}
	case $1/$verb in
	policy/) verbs=$'show\nlint\ndiff\ntest\nimport\nsign\nverify\ntrust\nuntrust' ;;
	policy/show) flags='--system' profiles=yes ;;
	policy/lint) flags='--policy' profiles=yes ;;
	policy/diff) profiles=yes ;;
	policy/test) profiles=yes ;;
	policy/sign) flags='--key' ;;
	policy/verify) flags='--allowed-signers --revoked --signature --principal --bundle --trusted-root --identities' ;;
	policy/trust) flags='--yes --list' ;;
	audit/) verbs=$'show\nverify\nreport\nreplay\nschema' ;;
	audit/show) flags='-f' ;;
	audit/replay) profiles=yes ;;
	ask/*) flags='--once' ;;
	diff/*) flags='--stat' ;;
	keep/*) flags='--force' ;;
	ephemeral/) verbs=$'list\nprune' ;;
	ephemeral/prune) flags='--older' ;;
	undo/) verbs=$'list\nprune' flags='--force' ;;
	undo/prune) flags='--older' ;;
	undo/*) flags='--force' ;;
	esac
	case $cur in
	-*)
		_nono_words "${flags// /$'\n'}"
		[ -z "$profiles" ] || _nono_words "$(_nono_list_run)"
		return
		;;
	esac
	[ -z "$profiles" ] || _nono_words "$(_nono_profiles)"
	if [ -n "$verbs" ]; then
		_nono_words "$verbs"
	else
		_nono_argument FILE
	fi
}

# Where the shell runs with set -e, nothing here may end it.
_nono() {
	local cur=${COMP_WORDS[$COMP_CWORD]} IFS=$' \t\n'
	COMPREPLY=()
	_nono_line ${1+"$@"} || return 0
}

_nono_line() {
	case ${1##*/} in
	nono-run) _nono_flags run 1 '' ;;
	nono-why) _nono_flags why 1 '' ;;
	nono-learn) _nono_flags learn 1 '' ;;
	sclaude) _nono_flags run 1 claude ;;
	sopencode) _nono_flags run 1 opencode ;;
	sopenclaw) _nono_flags run 1 openclaw ;;
	*)
		if [ "$COMP_CWORD" -eq 1 ]; then
			_nono_words $'run\nwhy\nlearn\nshell\nversion\nhelp\npolicy\naudit\nask\ndiff\nkeep\ndiscard\nephemeral\nundo'
			return
		fi
		case ${COMP_WORDS[1]} in
		run) _nono_flags run 2 '' ;;
		shell) _nono_flags run 2 shell ;;
		why) _nono_flags why 2 '' ;;
		learn) _nono_flags learn 2 '' ;;
		help) _nono_words $'run\nwhy\nlearn\nshell\npolicy\naudit\nask\ndiff\nkeep\ndiscard\nephemeral\nundo' ;;
		policy | audit | ask | diff | keep | discard | ephemeral | undo) _nono_sub "${COMP_WORDS[1]}" 2 ;;
		esac
		;;
	esac
}

# Without compopt all is taken for names of files, or none is.
if [ "${BASH_VERSINFO[0]}" -lt 4 ]; then
	complete -o filenames -F _nono nono nono-run nono-why nono-learn sclaude sopencode sopenclaw
else
	complete -F _nono nono nono-run nono-why nono-learn sclaude sopencode sopenclaw
fi
