# browser: Chromium, Playwright and Puppeteer, driven by tests
#
# Their own sandbox mounts file systems, which this one refuses: start Chromium with
# --no-sandbox (Playwright does where it is told chromiumSandbox: false). Your own
# profile of the browser stays shut; tests have one in the temporary directory.
#
# All processes of yours share /dev/shm, so nothing in it is granted: Chromium keeps what
# its processes share in memory without a name. One that is too old for that says that it
# cannot make shared memory: start it with --disable-dev-shm-usage, or nono with
# --private-shm.

profile version-managers

# Browsers that were fetched before.
create $XDG_CACHE_HOME/ms-playwright
temp   $XDG_CACHE_HOME/ms-playwright
create $XDG_CACHE_HOME/puppeteer
temp   $XDG_CACHE_HOME/puppeteer
create $XDG_CACHE_HOME/Cypress
temp   $XDG_CACHE_HOME/Cypress
read   /opt/google/chrome

allow-rmdir
