# java: Maven, Gradle, Ant and sbt in the working directory
#
# ~/.m2/settings.xml and ~/.gradle/gradle.properties stay shut: they have passwords
# in them. So do the daemons of Gradle, Maven and Kotlin: one from outside would
# build outside. Gradle works with --no-daemon.

profile version-managers

# What was fetched before. Wrappers (mvnw, gradlew) keep the tool itself in a place
# of their own, and run it later: it is read, and not written.
create ~/.m2/repository
temp   ~/.m2/repository
read   ~/.m2/wrapper
read-file ~/.m2/toolchains.xml
read-file ~/.mavenrc
create ~/.gradle/caches
temp   ~/.gradle/caches
create ~/.gradle/native
temp   ~/.gradle/native
create ~/.gradle/notifications
temp   ~/.gradle/notifications
create ~/.gradle/workers
temp   ~/.gradle/workers
create ~/.gradle/.tmp
temp   ~/.gradle/.tmp
read   ~/.gradle/wrapper
read   ~/.gradle/jdks
read   ~/.gradle/init.d
read-file ~/.gradle/init.gradle
read-file ~/.gradle/init.gradle.kts
# A daemon would outlive the command, and one that runs outside would build outside: its
# registry stays shut, and a build has one of its own.
set-env GRADLE_OPTS=-Dorg.gradle.daemon=false "-Dorg.gradle.daemon.registry.base=$NONO_TEMP/gradle"
create ~/.ivy2/cache
temp   ~/.ivy2/cache
create ~/.sbt/boot
temp   ~/.sbt/boot
read   ~/.sbt/1.0
create $XDG_CACHE_HOME/coursier
temp   $XDG_CACHE_HOME/coursier
read   $XDG_DATA_HOME/coursier
temp   ~/.konan
create $XDG_CACHE_HOME/bazel
temp   $XDG_CACHE_HOME/bazel

# A build removes directories of what it made before.
allow-rmdir
