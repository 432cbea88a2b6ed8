# dotnet: the .NET SDK in the working directory
#
# NuGet's configuration in the home stays shut: it has passwords in it.

profile version-managers
read   ~/.dotnet
create ~/.nuget/packages
temp   ~/.nuget/packages
create $XDG_DATA_HOME/NuGet
temp   $XDG_DATA_HOME/NuGet
# The SDK counts its starts and keeps locks there.
create /tmp/NuGetScratch$UID
temp   /tmp/NuGetScratch$UID
create ~/.templateengine
temp   ~/.templateengine
allow-rmdir
