package main

// generated: the flags of nono run

// takesArgument reports whether a flag of nono-run takes the word behind it.
func takesArgument(flag string) bool {
	switch flag {
	case "-a", "--a", "--allow", "-allow", "-r", "--r", "--read", "-read",
		"-w", "--w", "--write", "-write", "--allow-file", "-allow-file",
		"--read-file", "-read-file", "--write-file", "-write-file", "--temp",
		"-temp", "--device", "-device", "--deny", "-deny", "--deny-write",
		"-deny-write", "--host", "-host", "--deny-host", "-deny-host",
		"--listen", "-listen", "--port", "-port", "--unix-socket", "-unix-socket",
		"--allow-command", "-allow-command", "--block-command", "-block-command",
		"--allow-env", "-allow-env", "--secret", "-secret", "--credential",
		"-credential", "--undo-limit", "-undo-limit", "--audit-log",
		"-audit-log", "--audit-level", "-audit-level", "--until", "-until",
		"--ask-with", "-ask-with", "--ask-timeout", "-ask-timeout", "--ask-protected",
		"-ask-protected", "-p", "--p", "--profile", "-profile", "--workdir",
		"-workdir", "--keep-fd", "-keep-fd", "--show-profile", "-show-profile",
		"--install-hook", "-install-hook", "--remove-hook", "-remove-hook",
		"--record", "-record", "--summary", "-summary":
		return true
	}
	return false
}

// end of what is generated
