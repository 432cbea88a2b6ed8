# php: PHP and Composer in the working directory
#
# auth.json stays shut: it has tokens in it.

profile version-managers

# Composer's packages that were fetched before, and programs that were installed
# for all projects, which are read only.
create $XDG_CACHE_HOME/composer
temp   $XDG_CACHE_HOME/composer
read      $XDG_CONFIG_HOME/composer/vendor
read-file $XDG_CONFIG_HOME/composer/config.json
read-file $XDG_CONFIG_HOME/composer/composer.json
read      ~/.composer/vendor
temp      ~/.composer/cache
read-file ~/.composer/config.json
temp      $XDG_CACHE_HOME/phpstan
temp      $XDG_CACHE_HOME/psalm

# Composer replaces and removes the directories of packages.
allow-rmdir
