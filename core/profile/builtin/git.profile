# git: what git reads of yours besides the repository
#
# The repository itself is granted by whoever adds this profile: a working
# directory, --allow. Pushing and fetching over ssh stays shut: the keys in
# ~/.ssh and the agent's socket are what a sandbox is for.

# Who you are and how you like git. Both stay unwritable beneath any grant,
# since they can name programs that git runs later.
read-file ~/.gitconfig
read      $XDG_CONFIG_HOME/git

# Where a repository's template and its hooks may come from.
read ~/.git-templates
read ~/.git_template
read ~/.githooks

# GitHub's and other servers' host keys are no secret, but they lie in ~/.ssh:
# not granted, since ssh is of no use without a key.
