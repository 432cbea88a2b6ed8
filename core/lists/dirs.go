package lists

// CommandDirs are the directories in which commands are looked for besides
// PATH's: the usual ones (hier(7)), and those of NixOS, snap and Homebrew. What is
// blocked is denied there too, since a program may set PATH itself.
var CommandDirs = [...]string{
	"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/bin", "/sbin",
	"/run/current-system/sw/bin", "/snap/bin", "/opt/homebrew/bin",
}
