# ruby: Ruby, gem, Bundler and Rake in the working directory
#
# ~/.bundle/config and ~/.gem/credentials stay shut: they have passwords in them.
# Gems go into the project: `bundle config set --local path vendor/bundle`. Those in
# the home run as you later, so they are read only.

profile version-managers

read ~/.gem
read $XDG_DATA_HOME/gem
read $XDG_DATA_HOME/ruby
read-file ~/.gemrc
read-file ~/.irbrc
read-file ~/.rspec
read-file ~/.rubocop.yml
create ~/.bundle/cache
temp   ~/.bundle/cache
create $XDG_CACHE_HOME/gem
temp   $XDG_CACHE_HOME/gem
temp   $XDG_CACHE_HOME/rubocop_cache
# What Rails and Bootsnap's like remove is in the project.
allow-rmdir
