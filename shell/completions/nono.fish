# Completion of nono for fish. Generated from the tables of flags.

# Prints what is being completed and the number of the word at which the command
# behind the flags begins, or would: sub 0, run 3, command 5, why 3, …
function __nono_where
    set -l words (commandline -opc)
    set -l at 2
    set -l table run
    switch (string replace -r '.*/' '' -- $words[1])
        case nono-run sclaude sopencode sopenclaw
        case nono-why
            set table why
        case nono-learn
            set table learn
        case '*'
            set at 3
            switch "$words[2]"
                case ''
                    echo sub 0
                    return
                case run
                case why help shell learn
                    set table $words[2]
                case '*'
                    echo none 0
                    return
            end
    end
    set -l with -a --a --allow -allow -r --r --read -read -w --w --write -write \
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
    if test $table = why
        set with --path -path --op -op --to -to --host -host --port -port --unix-socket \
            -unix-socket --command -command --reason -reason --spec -spec \
            --platform -platform --grant-port -grant-port --grant-unix-socket \
            -grant-unix-socket --grant-host -grant-host -a --a --allow -allow \
            -r --r --read -read -w --w --write -write --allow-file -allow-file \
            --read-file -read-file --write-file -write-file --temp -temp \
            --device -device --deny -deny --deny-write -deny-write --deny-host \
            -deny-host --listen -listen --allow-command -allow-command --block-command \
            -block-command --allow-env -allow-env --secret -secret --credential \
            -credential --undo-limit -undo-limit --audit-log -audit-log --audit-level \
            -audit-level --until -until --ask-with -ask-with --ask-timeout \
            -ask-timeout --ask-protected -ask-protected -p --p --profile \
            -profile --workdir -workdir
    else if test $table = learn
        set with -o --o --output -output --add-to -add-to --check -check --host \
            -host --allow-env -allow-env
    end
    while test $at -le (count $words)
        switch $words[$at]
            case --
                echo command (math $at + 1)
                return
            case '-*=*'
                set at (math $at + 1)
            case '-*'
                if contains -- $words[$at] $with
                    set at (math $at + 1)
                end
                set at (math $at + 1)
            case '*'
                echo command $at
                return
        end
    end
    # One more than there are words: a flag waits for its argument.
    if test $at -gt (math (count $words) + 1)
        echo $table 0
    else
        echo $table $at
    end
end

function __nono_is
    set -l where (string split ' ' -- (__nono_where))
    contains -- $where[1] $argv
end

# Whether a word that is no flag may stand here, in the tables given.
function __nono_free
    set -l where (string split ' ' -- (__nono_where))
    test $where[2] -gt 0; and contains -- $where[1] $argv
end

# Completes the command behind the flags as if it stood alone; with an argument,
# the words behind the flags are that command's.
function __nono_command
    set -l where (string split ' ' -- (__nono_where))
    set -l at $where[2]
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set words $argv $words[$at..-1]
    if set -q words[1]
        complete -C"$(string join ' ' -- (string escape -- $words) "$current")"
    else if string match -q -- '-*' "$current"
        return
    else if test -n "$current"
        complete -C"$current"
    else
        __fish_complete_command
    end
end

# Whether the words so far are the subcommand $argv[1] alone, or it and $argv[2]; "*" is
# anything.
function __nono_sub
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]; or return
    if test (count $argv) -eq 1
        test (count $words) -eq 2
    else
        test $argv[2] = '*'; or test "$words[3]" = $argv[2]
    end
end

# Whether flags of nono run may stand here.
function __nono_runs
    __nono_is run shell; or __nono_sub policy show; or __nono_sub policy lint; or __nono_sub policy diff; or __nono_sub policy test; or __nono_sub audit replay
end

function __nono_profiles
    command nono-run --list-profiles 2>/dev/null | string replace -r '\s.*' ''
end

complete -c nono -f
complete -c nono -n '__nono_is sub' -a run -d 'start a command that can touch only what is granted'
complete -c nono -n '__nono_is sub' -a why -d 'say whether something would be allowed, and why'
complete -c nono -n '__nono_is sub' -a learn -d 'make a profile of what a command uses'
complete -c nono -n '__nono_is sub' -a shell -d 'start your shell in the sandbox'
complete -c nono -n '__nono_is sub' -a version -d 'show the version'
complete -c nono -n '__nono_is sub' -a help -d 'show the help'
complete -c nono -n '__nono_is sub' -a policy -d 'show, lint, compare or test a policy'
complete -c nono -n '__nono_is sub' -a audit -d 'read the log of a run'
complete -c nono -n '__nono_is sub' -a ask -d 'answer the questions of runs with --ask'
complete -c nono -n '__nono_is sub' -a diff -d 'show what a run with --ephemeral or --undo changed'
complete -c nono -n '__nono_is sub' -a keep -d 'move the changes of --ephemeral to the originals'
complete -c nono -n '__nono_is sub' -a discard -d 'throw those changes away'
complete -c nono -n '__nono_is sub' -a ephemeral -d 'list the runs whose changes wait, or prune old ones'
complete -c nono -n '__nono_is sub' -a undo -d 'take back what a run with --undo changed'
complete -c nono -n '__nono_is help' -a 'run why learn shell policy audit ask diff keep discard ephemeral undo'
complete -c nono -c nono-run -c nono-learn -f -n '__nono_free run learn command' -a '(__nono_command)'
complete -c sclaude -f -n '__nono_free run command' -a '(__nono_command claude)'
complete -c sopencode -f -n '__nono_free run command' -a '(__nono_command opencode)'
complete -c sopenclaw -f -n '__nono_free run command' -a '(__nono_command openclaw)'
complete -c nono -c nono-why -F -n '__nono_free why'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow -s a -x -a '(__fish_complete_directories)' -d 'read and write everything in this directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l read -s r -x -a '(__fish_complete_directories)' -d 'read everything in this directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l write -s w -x -a '(__fish_complete_directories)' -d 'write, but not read, everything in this directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-file -r -F -d 'read and write this one file'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l read-file -r -F -d 'read this one file'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l write-file -r -F -d 'write this one file'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l temp -x -a '(__fish_complete_directories)' -d 'read and write everything in this directory, and remove and rename directories in it'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l device -r -F -d 'read, write and control this device, or those in this directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-rmdir -d 'allow removing and renaming directories wherever writing is granted'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-rmdir-own -d 'let the command remove and rename directories that it made itself'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-beside-denied -d 'allow making, renaming and removing names beside denied names'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l deny -r -F -d 'deny this path, even inside a granted directory, and even if it does not exist yet; or existing files that match a pattern, such as \'**/.env\' or \'*.pem\''
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l deny-write -r -F -d 'make this path read-only, even inside a writable grant; or existing files that match a pattern'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l protect-repo -d 'make the hooks and settings of git, editors and agents read-only in granted directories'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l hold-metadata -d 'refuse changes of mode, owner, times and attributes of files that may not be written'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l net-block -d 'no network at all'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l host -x -a '(__fish_print_hostnames)' -d 'the network only to this host: NAME, *.NAME, ADDRESS/BITS, :PORT'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l deny-host -x -a '(__fish_print_hostnames)' -d 'never this host, even if --host or a profile allows it'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l listen -x -d 'with --host: allow connections from outside to servers inside on this port, or ADDRESS:PORT'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l port -x -d 'no network but TCP to these ports, at any address (needs Landlock ABI 4)'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l unix-socket -r -F -d 'allow connecting to this Unix socket, or to those beneath this directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l inner-sockets -d 'allow connecting to Unix sockets that the command makes itself'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-unix-sockets -d 'allow connecting to any Unix socket: a way out of the sandbox'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l private-shm -d 'give the command its own shared memory: new names in /dev/shm, but no files of other programs'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-ipc -d 'allow System V IPC and POSIX message queues'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-keychain -d 'allow the Keychain of macOS: every item in it'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-command -x -a 'all file-destruction disk-operations permission-changes system-modification package-managers file-operations privilege-escalation network-exfiltration (__fish_complete_command)' -d 'allow a blocked command, a category of them, or \'all\''
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l block-command -x -a '(__fish_complete_command)' -d 'block this command too'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-env -x -a '(set -nx)' -d 'pass this environment variable, although it looks like a credential'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l secret -x -d 'fetch a secret before the start, and give it as this variable; SOURCE: pass:ENTRY, op://…, file:PATH, …'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l credential -x -d 'keep the key of this service outside; the command gets a made-up key'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l ephemeral -d 'keep changes separate until you decide; WHEN: discard, ask, an ID'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l undo -d 'save the originals of changed files; \'nono undo\' takes the changes back'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l undo-limit -x -d 'save at most this size, such as 500M or 4G (default 1G), and refuse further changes'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l audit-log -r -F -d 'log what the command starts, and what is refused; see nono-audit(5)'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l audit-level -x -a 'refused exec all' -d 'what to log: \'refused\', \'exec\' (default; also started programs), or \'all\' (also reads)'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l audit-kernel -d 'write denials to the kernel\'s audit log (needs Landlock ABI 7)'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l audit-required -d 'end the command if the log cannot be written'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l until -x -d 'end the grants of the command line at this time: 18:00, or 2026-12-31T18:00'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l end-kills -d 'end the command when its first grant ends, instead of the grant'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l ask -d 'ask before refusing; answer with nono ask in another terminal'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l ask-with -r -F -d 'ask this program: it reads the question from standard input and writes the answer to standard output'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l ask-timeout -x -d 'if there is no answer within this time, the answer is no (default 30s)'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l ask-protected -r -F -d 'also ask about this protected path; a yes is a typed word'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l explain -d 'tell at the end what was refused, and what would allow it'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l wait-all -d 'wait for processes that outlive the command, instead of ending them'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l profile -s p -x -a '(__nono_profiles)' -d 'use a profile; see --list-profiles'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l workdir -x -a '(__fish_complete_directories)' -d 'start the command in this directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l allow-cwd -d 'grant the working directory as the profile wants, without asking'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l trust-project -d 'use the .nono.profile of the working directory this time, without asking'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l no-project -d 'look for no .nono.profile in the working directory'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l keep-fd -x -d 'let the command inherit this file descriptor'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l list-profiles -d 'list the profiles and where they come from'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l show-profile -x -a '(__nono_profiles)' -d 'show what a profile grants here'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l install-hook -x -a 'claude-code codex copilot cursor gemini opencode qwen' -d 'install a hook that explains refusals to the agent: claude-code, codex, copilot, cursor, gemini, opencode, qwen'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l remove-hook -x -a 'claude-code codex copilot cursor gemini opencode qwen' -d 'remove that hook'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l record -x -d 'write to this file descriptor what the command uses, for nono learn'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l summary -x -a 'text json none' -d 'how to tell what was refused: \'text\', \'json\' or \'none\''
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l dry-run -d 'show what would be allowed, and start nothing'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l print-spec -d 'print a spec for nono-exec-shim, and start nothing'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l verbose -s v -d 'show what the command is allowed before it starts'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l silent -s s -d 'show errors only'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l help -s h -d 'show all flags; -h is short'
complete -c nono -c nono-run -c sclaude -c sopencode -c sopenclaw -n __nono_runs -l version -d 'show the version'
complete -c nono -c nono-why -n '__nono_is why' -l path -r -F -d 'ask about this path; the same as giving it alone'
complete -c nono -c nono-why -n '__nono_is why' -l op -x -a 'read write readwrite execute list create delete rmdir mkdir symlink mkfifo mksock mkdev truncate rename-to link-to ioctl connect metadata' -d 'the operation: read, write, execute, …'
complete -c nono -c nono-why -n '__nono_is why' -l to -r -F -d 'the second path of rename-to and link-to'
complete -c nono -c nono-why -n '__nono_is why' -l host -x -a '(__fish_print_hostnames)' -d 'ask about a connection to this host'
complete -c nono -c nono-why -n '__nono_is why' -l port -x -d 'on this port'
complete -c nono -c nono-why -n '__nono_is why' -l udp -d 'by UDP instead of TCP'
complete -c nono -c nono-why -n '__nono_is why' -l unix-socket -r -F -d 'ask about connecting to this Unix socket; @NAME is an abstract one'
complete -c nono -c nono-why -n '__nono_is why' -l command -x -a '(__fish_complete_command)' -d 'ask whether this command is blocked'
complete -c nono -c nono-why -n '__nono_is why' -l request -d 'with --self: if it is denied and --ask is on, ask the person outside'
complete -c nono -c nono-why -n '__nono_is why' -l reason -x -a 'claude-code codex copilot cursor gemini opencode qwen' -d 'the reason for --request'
complete -c nono -c nono-why -n '__nono_is why' -l batch -d 'read \'OP PATH\' lines, answer one JSON object a line'
complete -c nono -c nono-why -n '__nono_is why' -l support -d 'tell what this kernel can enforce'
complete -c nono -c nono-why -n '__nono_is why' -l hook -d 'answer a hook of an agent: read its event, and tell what the sandbox refused'
complete -c nono -c nono-why -n '__nono_is why' -l summary -d 'tell what is allowed and what is not, in a few lines'
complete -c nono -c nono-why -n '__nono_is why' -l spec -r -F -d 'ask about this spec, as nono run --print-spec prints it; - is standard input'
complete -c nono -c nono-why -n '__nono_is why' -l self -d 'ask about the sandbox that this command runs in'
complete -c nono -c nono-why -n '__nono_is why' -l platform -x -a 'linux darwin' -d 'answer for \'linux\' or \'darwin\''
complete -c nono -c nono-why -n '__nono_is why' -l grant-port -x -d 'the same as --port of nono run'
complete -c nono -c nono-why -n '__nono_is why' -l grant-unix-socket -r -F -d 'the same as --unix-socket of nono run'
complete -c nono -c nono-why -n '__nono_is why' -l grant-host -x -a '(__fish_print_hostnames)' -d 'the same as --host of nono run'
complete -c nono -c nono-why -n '__nono_is why' -l json -d 'answer in JSON'
complete -c nono -c nono-why -n '__nono_is why' -l verbose -s v -d 'tell which line of the spec decided'
complete -c nono -c nono-why -n '__nono_is why' -l silent -s s -d 'print nothing; only the exit status answers'
complete -c nono -c nono-why -n '__nono_is why' -l help -s h -d 'show all flags; -h is short'
complete -c nono -c nono-why -n '__nono_is why' -l version -d 'show the version'
complete -c nono -c nono-why -n '__nono_is why' -l allow -s a -x -a '(__fish_complete_directories)' -d 'read and write everything in this directory'
complete -c nono -c nono-why -n '__nono_is why' -l read -s r -x -a '(__fish_complete_directories)' -d 'read everything in this directory'
complete -c nono -c nono-why -n '__nono_is why' -l write -s w -x -a '(__fish_complete_directories)' -d 'write, but not read, everything in this directory'
complete -c nono -c nono-why -n '__nono_is why' -l allow-file -r -F -d 'read and write this one file'
complete -c nono -c nono-why -n '__nono_is why' -l read-file -r -F -d 'read this one file'
complete -c nono -c nono-why -n '__nono_is why' -l write-file -r -F -d 'write this one file'
complete -c nono -c nono-why -n '__nono_is why' -l temp -x -a '(__fish_complete_directories)' -d 'read and write everything in this directory, and remove and rename directories in it'
complete -c nono -c nono-why -n '__nono_is why' -l device -r -F -d 'read, write and control this device, or those in this directory'
complete -c nono -c nono-why -n '__nono_is why' -l allow-rmdir -d 'allow removing and renaming directories wherever writing is granted'
complete -c nono -c nono-why -n '__nono_is why' -l allow-rmdir-own -d 'let the command remove and rename directories that it made itself'
complete -c nono -c nono-why -n '__nono_is why' -l allow-beside-denied -d 'allow making, renaming and removing names beside denied names'
complete -c nono -c nono-why -n '__nono_is why' -l deny -r -F -d 'deny this path, even inside a granted directory, and even if it does not exist yet; or existing files that match a pattern, such as \'**/.env\' or \'*.pem\''
complete -c nono -c nono-why -n '__nono_is why' -l deny-write -r -F -d 'make this path read-only, even inside a writable grant; or existing files that match a pattern'
complete -c nono -c nono-why -n '__nono_is why' -l protect-repo -d 'make the hooks and settings of git, editors and agents read-only in granted directories'
complete -c nono -c nono-why -n '__nono_is why' -l hold-metadata -d 'refuse changes of mode, owner, times and attributes of files that may not be written'
complete -c nono -c nono-why -n '__nono_is why' -l net-block -d 'no network at all'
complete -c nono -c nono-why -n '__nono_is why' -l deny-host -x -a '(__fish_print_hostnames)' -d 'never this host, even if --host or a profile allows it'
complete -c nono -c nono-why -n '__nono_is why' -l listen -x -d 'with --host: allow connections from outside to servers inside on this port, or ADDRESS:PORT'
complete -c nono -c nono-why -n '__nono_is why' -l inner-sockets -d 'allow connecting to Unix sockets that the command makes itself'
complete -c nono -c nono-why -n '__nono_is why' -l allow-unix-sockets -d 'allow connecting to any Unix socket: a way out of the sandbox'
complete -c nono -c nono-why -n '__nono_is why' -l private-shm -d 'give the command its own shared memory: new names in /dev/shm, but no files of other programs'
complete -c nono -c nono-why -n '__nono_is why' -l allow-ipc -d 'allow System V IPC and POSIX message queues'
complete -c nono -c nono-why -n '__nono_is why' -l allow-keychain -d 'allow the Keychain of macOS: every item in it'
complete -c nono -c nono-why -n '__nono_is why' -l allow-command -x -a 'all file-destruction disk-operations permission-changes system-modification package-managers file-operations privilege-escalation network-exfiltration (__fish_complete_command)' -d 'allow a blocked command, a category of them, or \'all\''
complete -c nono -c nono-why -n '__nono_is why' -l block-command -x -a '(__fish_complete_command)' -d 'block this command too'
complete -c nono -c nono-why -n '__nono_is why' -l allow-env -x -a '(set -nx)' -d 'pass this environment variable, although it looks like a credential'
complete -c nono -c nono-why -n '__nono_is why' -l secret -x -d 'fetch a secret before the start, and give it as this variable; SOURCE: pass:ENTRY, op://…, file:PATH, …'
complete -c nono -c nono-why -n '__nono_is why' -l credential -x -d 'keep the key of this service outside; the command gets a made-up key'
complete -c nono -c nono-why -n '__nono_is why' -l ephemeral -d 'keep changes separate until you decide; WHEN: discard, ask, an ID'
complete -c nono -c nono-why -n '__nono_is why' -l undo -d 'save the originals of changed files; \'nono undo\' takes the changes back'
complete -c nono -c nono-why -n '__nono_is why' -l undo-limit -x -d 'save at most this size, such as 500M or 4G (default 1G), and refuse further changes'
complete -c nono -c nono-why -n '__nono_is why' -l audit-log -r -F -d 'log what the command starts, and what is refused; see nono-audit(5)'
complete -c nono -c nono-why -n '__nono_is why' -l audit-level -x -a 'refused exec all' -d 'what to log: \'refused\', \'exec\' (default; also started programs), or \'all\' (also reads)'
complete -c nono -c nono-why -n '__nono_is why' -l audit-kernel -d 'write denials to the kernel\'s audit log (needs Landlock ABI 7)'
complete -c nono -c nono-why -n '__nono_is why' -l audit-required -d 'end the command if the log cannot be written'
complete -c nono -c nono-why -n '__nono_is why' -l until -x -d 'end the grants of the command line at this time: 18:00, or 2026-12-31T18:00'
complete -c nono -c nono-why -n '__nono_is why' -l end-kills -d 'end the command when its first grant ends, instead of the grant'
complete -c nono -c nono-why -n '__nono_is why' -l ask -d 'ask before refusing; answer with nono ask in another terminal'
complete -c nono -c nono-why -n '__nono_is why' -l ask-with -r -F -d 'ask this program: it reads the question from standard input and writes the answer to standard output'
complete -c nono -c nono-why -n '__nono_is why' -l ask-timeout -x -d 'if there is no answer within this time, the answer is no (default 30s)'
complete -c nono -c nono-why -n '__nono_is why' -l ask-protected -r -F -d 'also ask about this protected path; a yes is a typed word'
complete -c nono -c nono-why -n '__nono_is why' -l explain -d 'tell at the end what was refused, and what would allow it'
complete -c nono -c nono-why -n '__nono_is why' -l wait-all -d 'wait for processes that outlive the command, instead of ending them'
complete -c nono -c nono-why -n '__nono_is why' -l profile -s p -x -a '(__nono_profiles)' -d 'use a profile; see --list-profiles'
complete -c nono -c nono-why -n '__nono_is why' -l workdir -x -a '(__fish_complete_directories)' -d 'start the command in this directory'
complete -c nono -c nono-why -n '__nono_is why' -l allow-cwd -d 'grant the working directory as the profile wants, without asking'
complete -c nono -c nono-why -n '__nono_is why' -l trust-project -d 'use the .nono.profile of the working directory this time, without asking'
complete -c nono -c nono-why -n '__nono_is why' -l no-project -d 'look for no .nono.profile in the working directory'
complete -c nono -c nono-learn -n '__nono_is learn' -l output -s o -x -d 'save the profile as a profile of the user, with this name'
complete -c nono -c nono-learn -n '__nono_is learn' -l force -d 'replace a profile with this name'
complete -c nono -c nono-learn -n '__nono_is learn' -l add-to -x -a '(__nono_profiles)' -d 'add what is missing to this profile of the user'
complete -c nono -c nono-learn -n '__nono_is learn' -l check -x -a '(__nono_profiles)' -d 'tell what this profile lacks for the command, and which of its lines were not used'
complete -c nono -c nono-learn -n '__nono_is learn' -l host -x -a '(__fish_print_hostnames)' -d 'let the command connect to a service of this machine, such as localhost:5432'
complete -c nono -c nono-learn -n '__nono_is learn' -l allow-env -x -a '(set -nx)' -d 'pass this environment variable, although it looks like a credential'
complete -c nono -c nono-learn -n '__nono_is learn' -l commands -d 'let the command run blocked commands, such as rm'
complete -c nono -c nono-learn -n '__nono_is learn' -l silent -s s -d 'show only errors and the profile'
complete -c nono -c nono-learn -n '__nono_is learn' -l help -s h -d 'show all flags; -h is short'
complete -c nono -c nono-learn -n '__nono_is learn' -l version -d 'show the version'
complete -c nono -n '__nono_sub policy' -a show -d 'show every line of a policy, and where it comes from'
complete -c nono -n '__nono_sub policy show' -l system
complete -c nono -F -n '__nono_sub policy show'
complete -c nono -n '__nono_sub policy show' -a '(__nono_profiles)'
complete -c nono -n '__nono_sub policy' -a lint -d 'say what is too wide, has no effect or contradicts something'
complete -c nono -n '__nono_sub policy lint' -l policy
complete -c nono -F -n '__nono_sub policy lint'
complete -c nono -n '__nono_sub policy lint' -a '(__nono_profiles)'
complete -c nono -n '__nono_sub policy' -a diff -d 'compare two profiles or specs'
complete -c nono -F -n '__nono_sub policy diff'
complete -c nono -n '__nono_sub policy diff' -a '(__nono_profiles)'
complete -c nono -n '__nono_sub policy' -a test -d 'test the assertions in a file'
complete -c nono -F -n '__nono_sub policy test'
complete -c nono -n '__nono_sub policy test' -a '(__nono_profiles)'
complete -c nono -n '__nono_sub policy' -a import -d 'translate a JSON profile of another nono'
complete -c nono -F -n '__nono_sub policy import'
complete -c nono -n '__nono_sub policy' -a sign -d 'sign profiles with a key of OpenSSH'
complete -c nono -n '__nono_sub policy sign' -l key
complete -c nono -F -n '__nono_sub policy sign'
complete -c nono -n '__nono_sub policy' -a verify -d 'verify the signature of a profile'
complete -c nono -n '__nono_sub policy verify' -l allowed-signers
complete -c nono -n '__nono_sub policy verify' -l revoked
complete -c nono -n '__nono_sub policy verify' -l signature
complete -c nono -n '__nono_sub policy verify' -l principal
complete -c nono -n '__nono_sub policy verify' -l bundle
complete -c nono -n '__nono_sub policy verify' -l trusted-root
complete -c nono -n '__nono_sub policy verify' -l identities
complete -c nono -F -n '__nono_sub policy verify'
complete -c nono -n '__nono_sub policy' -a trust -d 'show the profile of a project, and use it from now on'
complete -c nono -n '__nono_sub policy trust' -l yes
complete -c nono -n '__nono_sub policy trust' -l list
complete -c nono -F -n '__nono_sub policy trust'
complete -c nono -n '__nono_sub policy' -a untrust -d 'forget such a profile'
complete -c nono -F -n '__nono_sub policy untrust'
complete -c nono -n '__nono_sub audit' -a show -d 'show what happened, a line each'
complete -c nono -n '__nono_sub audit show' -s f
complete -c nono -F -n '__nono_sub audit show'
complete -c nono -n '__nono_sub audit' -a verify -d 'say whether lines were changed, taken out or put in'
complete -c nono -F -n '__nono_sub audit verify'
complete -c nono -n '__nono_sub audit' -a report -d 'print one page of HTML'
complete -c nono -F -n '__nono_sub audit report'
complete -c nono -n '__nono_sub audit' -a replay -d 'say what the policy of today would answer'
complete -c nono -F -n '__nono_sub audit replay'
complete -c nono -n '__nono_sub audit replay' -a '(__nono_profiles)'
complete -c nono -n '__nono_sub audit' -a schema -d 'print the JSON Schema of a line'
complete -c nono -F -n '__nono_sub audit schema'
complete -c nono -n '__nono_sub ask "*"' -l once
complete -c nono -F -n '__nono_sub ask "*"'
complete -c nono -n '__nono_sub diff "*"' -l stat
complete -c nono -F -n '__nono_sub diff "*"'
complete -c nono -n '__nono_sub keep "*"' -l force
complete -c nono -F -n '__nono_sub keep "*"'
complete -c nono -F -n '__nono_sub discard "*"'
complete -c nono -n '__nono_sub ephemeral' -a list -d 'show the runs whose changes wait'
complete -c nono -F -n '__nono_sub ephemeral list'
complete -c nono -n '__nono_sub ephemeral' -a prune -d 'throw old runs away'
complete -c nono -n '__nono_sub ephemeral prune' -l older
complete -c nono -F -n '__nono_sub ephemeral prune'
complete -c nono -n '__nono_sub undo' -a list -d 'show the runs that can be undone'
complete -c nono -F -n '__nono_sub undo list'
complete -c nono -n '__nono_sub undo' -a prune -d 'forget how to undo old runs'
complete -c nono -n '__nono_sub undo prune' -l older
complete -c nono -F -n '__nono_sub undo prune'
complete -c nono -n '__nono_sub undo "*"' -l force
