# nono for interactive fish. In ~/.config/fish/config.fish:
#
#	source /usr/share/nono/nono.fish
#
# nono_unload takes all of it back. Nothing here starts a process.

# The subcommands that are used most, without a shell to dispatch them.
function nono
    switch "$argv[1]"
        case run
            command {$__nono_bin}nono-run $argv[2..-1]
            set -l code $status
            __nono_failed $code $argv[2..-1]
            return $code
        case why
            command {$__nono_bin}nono-why $argv[2..-1]
        case '*'
            command {$__nono_bin}nono $argv
    end
end

# __nono_failed STATUS [FLAG ...] …: one line about a failure that may be a refusal.
# Those are the statuses with which tools end after one: their own 1, 2 of make and ls,
# 101 of cargo, a shell's 126 and 127, 128 of git, 243 of npm. A usage error of nono and a
# command that is nowhere are none. What nono why takes for a question is left out.
function __nono_failed
    contains -- $argv[1] 1 2 101 126 127 128 243; or return 0
    set -e argv[1]
    set -l flags
    while test (count $argv) -gt 0
        switch $argv[1]
            case -s -silent --silent -h --help --version --list-profiles --dry-run --print-spec '--show-profile*' '--install-hook*' '--remove-hook*'
                return 0
            case --
                break
            case '-?*'
            case '*'
                break
        end
        set -l name (string replace -r '=.*' '' -- $argv[1])
        __nono_kind $name
        set -l kind $status
        test $kind -ne 2; or return 0
        set -l words $argv[1]
        if test $kind -eq 0 -a "$name" = "$argv[1]" -a (count $argv) -gt 1
            set -a words $argv[2]
            set -e argv[1]
        end
        string match -qr '^--?(keep-fd|workdir|host|deny-host|port|listen|unix-socket|record|summary)$' -- $name; or set -a flags (string escape -- $words)
        set -e argv[1]
    end
    test "$argv[1]" != --; or set -e argv[1]
    test -n "$argv[1]"; or return 0
    string match -q '*/*' -- $argv[1]; or command -q -- $argv[1]; or return 0
    echo "nono: hint: if something was refused, this says why: nono why" $flags PATH >&2
end

# An agent in its profile, with the working directory shared as the profile
# wants (never a home or what is above it). Flags go to nono run; the first
# other word, or what stands behind --, begins the agent's own arguments.
function sclaude
    __nono_agent sclaude claude-code claude $argv
end

function sopencode
    __nono_agent sopencode opencode opencode $argv
end

function sopenclaw
    __nono_agent sopenclaw openclaw openclaw $argv
end

# __nono_agent FUNCTION PROFILE COMMAND [FLAG ...] [--] [ARGUMENT ...]
function __nono_agent
    set -l self $argv[1]
    set -l agent $argv[3]
    set -l flags --profile $argv[2] --allow-cwd
    set -e argv[1..3]
    while test (count $argv) -gt 0
        if test "$argv[1]" = --
            set -e argv[1]
            break
        end
        string match -qr '^-.' -- $argv[1]; or break
        __nono_kind $argv[1]
        switch $status
            case 2
                echo "nono: error: cannot use the flag '$argv[1]': there is no such flag" >&2
                echo "nono: hint: $self -- $argv[1] … passes it to $agent" >&2
                return 2
            case 1
                set -a flags $argv[1]
                set -e argv[1]
            case '*'
                if test (count $argv) -lt 2
                    echo "nono: error: cannot use the flag '$argv[1]': its argument is missing" >&2
                    return 2
                end
                set -a flags $argv[1..2]
                set -e argv[1..2]
        end
    end
    command {$__nono_bin}nono-run $flags -- $agent $argv
end

# 0: the flag takes an argument; 1: it takes none; 2: there is no such flag.
# generated: the flags of nono run
function __nono_kind
    switch $argv[1]
        case '-*=*'
            return 1
        case -a --a --allow -allow -r --r --read -read -w --w --write -write \
            --allow-file -allow-file --read-file -read-file --write-file \
            -write-file --temp -temp --device -device --deny -deny --deny-write \
            -deny-write --host -host --deny-host -deny-host --listen -listen \
            --port -port --unix-socket -unix-socket --allow-command -allow-command \
            --block-command -block-command --allow-env -allow-env --secret \
            -secret --credential -credential --undo-limit -undo-limit --audit-log \
            -audit-log --audit-level -audit-level --until -until --ask-with \
            -ask-with --ask-timeout -ask-timeout --ask-protected -ask-protected \
            -p --p --profile -profile --workdir -workdir --keep-fd -keep-fd \
            --show-profile -show-profile --install-hook -install-hook --remove-hook \
            -remove-hook --record -record --summary -summary
            return 0
        case --allow-rmdir -allow-rmdir --allow-rmdir-own -allow-rmdir-own \
            --allow-beside-denied -allow-beside-denied --protect-repo -protect-repo \
            --hold-metadata -hold-metadata --net-block -net-block --inner-sockets \
            -inner-sockets --allow-unix-sockets -allow-unix-sockets --private-shm \
            -private-shm --allow-ipc -allow-ipc --allow-keychain -allow-keychain \
            --ephemeral -ephemeral --undo -undo --audit-kernel -audit-kernel \
            --audit-required -audit-required --end-kills -end-kills --ask \
            -ask --explain -explain --wait-all -wait-all --allow-cwd -allow-cwd \
            --trust-project -trust-project --no-project -no-project --list-profiles \
            -list-profiles --dry-run -dry-run --print-spec -print-spec -v \
            --v --verbose -verbose -s --s --silent -silent -h --h --help \
            -help --version -version
            return 1
    end
    return 2
end
# end of what is generated

# Takes back what this file did.
function nono_unload
    if functions -q __nono_prompt
        functions -e fish_prompt
        functions -c __nono_prompt fish_prompt
    end
    for name in nono nono-run nono-why sclaude sopencode sopenclaw
        complete -e -c $name
    end
    if set -l at (contains -i -- "$__nono_completions" $fish_complete_path)
        set -e fish_complete_path[$at]
    end
    set -e __nono_completions __nono_bin
    functions -e (string match '__nono*' -- (functions -na | string split ', ')) nono sclaude sopencode sopenclaw nono_unload
end

# Completions that are installed are found by fish itself; those of a source
# tree are beside this file, and read at the first Tab.
begin
    set -l completions (path resolve (status dirname))/completions
    if test -d $completions; and not contains -- $completions $fish_complete_path
        set -ga fish_complete_path $completions
        set -g __nono_completions $completions
    end
end

# nono's programs are those that belong to this file, or those that PATH finds now:
# an environment that is activated later may put another nono in front.
begin
    set -l here (path resolve (status dirname))
    set -g __nono_bin ''
    for dir in (path resolve $here/../../bin) (path resolve $here/../bin) $PATH
        if string match -q '/*' -- $dir; and test -x $dir/nono-run
            set -g __nono_bin $dir/
            break
        end
    end
end

# Inside a sandbox the prompt says so. NONO_PROMPT is the marker; empty, none.
# The file may be read a second time, and the prompt have been set in between.
if set -q NONO_SANDBOX; and status is-interactive; and functions -q fish_prompt
    and not functions fish_prompt | string match -q '*__nono_prompt*'
    functions -q __nono_prompt; and functions -e __nono_prompt
    functions -c fish_prompt __nono_prompt
    function fish_prompt
        # The status that the user's own prompt may show is kept.
        set -l last $status
        if set -q NONO_PROMPT
            printf %s "$NONO_PROMPT"
        else
            printf %s '(nono) '
        end
        __nono_status $last
        __nono_prompt
    end
    function __nono_status
        return $argv[1]
    end
end
