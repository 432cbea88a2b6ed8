package secret

import "strings"

// steering are variables that decide which code programs run or where nono's own
// things are; a name that ends with '*' is any that begins so. A secret has no business
// in one of them, and whoever could lay the secret would have a program run.
var steering = [...]string{
	"LD_*", "DYLD_*", "GLIBC_TUNABLES", "GCONV_PATH", "MALLOC_*", "NLSPATH", "LOCPATH",
	"PATH", "HOME", "PWD", "OLDPWD", "SHELL", "SHLVL", "USER", "LOGNAME", "IFS", "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "BASH_FUNC_*", "CDPATH",
	"PS1", "PS2", "PS4", "PROMPT_COMMAND", "ZDOTDIR", "TERM", "TERMINFO", "TERMINFO_DIRS", "EDITOR", "VISUAL", "PAGER", "BROWSER", "LESSOPEN", "LESSCLOSE",
	"TMPDIR", "TMP", "TEMP", "XDG_*", "NONO_*",
	"NODE_OPTIONS", "NODE_PATH", "PYTHON*", "PERL5*", "PERLLIB", "RUBYOPT", "RUBYLIB", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH",
	"GOFLAGS", "GODEBUG", "RUSTC*", "CARGO_BUILD_*", "CC", "CXX", "MAKEFLAGS",
	"GIT_*", "SSH_ASKPASS", "SUDO_ASKPASS",
}

// harmless are those of steering's patterns that hold a secret and steer nothing.
var harmless = [...]string{"GIT_TOKEN", "GIT_PASSWORD", "GIT_HTTP_PASSWORD"}

// checkName says why no secret may have this name.
func checkName(name string) (problem, remedy string) {
	const example = "--secret API_KEY=SOURCE"
	switch {
	case name == "":
		return "the name is empty", example
	case len(name) > 255:
		return "the name is longer than 255 bytes", example
	case name[0] >= '0' && name[0] <= '9' || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789abcdefghijklmnopqrstuvwxyz") != "":
		return "the name is not that of a variable: letters, digits and '_' are", example
	}
	for _, h := range harmless {
		if name == h {
			return "", ""
		}
	}
	for _, s := range steering {
		prefix, many := strings.CutSuffix(s, "*")
		if name == s || many && strings.HasPrefix(name, prefix) {
			return "'" + name + "' decides what programs do, and holds no secret", "give the secret the name that its program reads, as API_KEY"
		}
	}
	return "", ""
}
