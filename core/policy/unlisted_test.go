package policy

import "testing"

// TestHomesThatNoDatabaseNames: root is kept from the homes of a directory service
// beneath a granted parent, and from any that is used as one; an ordinary user is
// kept from them by permissions.
func TestHomesThatNoDatabaseNames(t *testing.T) {
	b := newBox(t)
	b.uid = 0
	b.passwd = "root:x:0:0::" + b.home + ":/bin/sh\nada:x:1000:1000::" + b.root + "/people/ada:/bin/sh\n" +
		"www:x:33:33::" + b.root + "/srv/www:/bin/sh\n"
	b.mkdir("people/ada", "people/ldap", "people/app", "disk/home/old", "srv/www", "srv/data", "srv/used/.ssh", "project/.config")

	p := b.grants("allow people", "read disk", "allow srv", "allow project")
	b.has(p, "deny people/ada/.ssh", "deny people/ldap/.ssh", "deny-write people/ldap/.gitconfig", "deny srv/used/.ssh")
	b.lacks(p, "deny srv/data/.ssh", "deny project/.ssh", "deny project/.npmrc")
	b.has(b.grants("read people/ldap", "allow srv/used"), "deny srv/used/.ssh")
	b.lacks(b.grants("allow people/app"), "deny people/app/.npmrc") // a directory of a container's own

	b.uid = 1000
	b.lacks(b.grants("allow people"), "deny people/ldap/.ssh")
}
