# git: what git needs besides the repository
#
# The repository itself is granted by whoever adds this profile: a working
# directory, --allow. Fetching and pushing over ssh stays shut, since the keys in
# ~/.ssh and the agent's socket are what a sandbox is for. A credential helper's
# stores stay shut too.

# Who you are and how you like git. Both stay unwritable beneath any grant, since
# they can name programs that git runs later.
read-file ~/.gitconfig
read      $XDG_CONFIG_HOME/git
# What the message of a commit begins with, by its usual name.
read-file ~/.gitmessage
# Where a new repository's template and shared hooks may be.
read ~/.git-templates
read ~/.git_template
read ~/.githooks

# rebase, worktree and gc make directories beneath .git and remove them; one that
# stays makes git believe that a rebase is under way.
allow-rmdir
