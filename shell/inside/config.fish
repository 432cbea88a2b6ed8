# fish's start-up file in `nono shell`. fish was started without the user's own
# configuration, which is protected; if a grant gives it back, it starts again.
set -l own $__fish_config_dir
set -q own[1]; or set own ~/.config/fish
# cat, since fish itself would complain of a redirection that fails.
if command cat $own/config.fish >/dev/null 2>&1
    set -l self (status fish-path)
    exec $self -C 'source $NONO_INSIDE/../nono.fish; set -e NONO_INSIDE'
end
source $NONO_INSIDE/../nono.fish
set -e NONO_INSIDE
