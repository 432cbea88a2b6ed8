package secret

import (
	"strconv"
	"strings"
)

// A form is one kind of source.
type form struct {
	scheme   string
	usage    string // what is typed
	terminal bool   // its program asks on the terminal
	locked   string // what opens it
	query    func(rest string) (Query, string)
}

// forms are the sources. The programs are asked as their manuals say: pass(1),
// gopass-show(1), "op read", "bw get", keepassxc-cli(1), secret-tool(1), security(1),
// "vault kv get", "aws secretsmanager get-secret-value", "gcloud secrets versions access".
var forms = [...]form{
	{scheme: "pass", usage: "NAME=pass:ENTRY, or NAME=pass:ENTRY#1 for its first line", query: pass},
	{scheme: "gopass", usage: "NAME=gopass:ENTRY", query: gopass},
	{scheme: "op", usage: "NAME=op://VAULT/ITEM/FIELD", terminal: true, locked: "op signin", query: onePassword},
	{scheme: "bw", usage: "NAME=bw:ITEM", locked: "bw unlock, and export the BW_SESSION that it shows", query: bitwarden},
	{scheme: "keepassxc", usage: "NAME=keepassxc:/FILE.kdbx#ENTRY", terminal: true, query: keepassxc},
	{scheme: "secret-service", usage: "NAME=secret-service:ATTRIBUTE=VALUE[,ATTRIBUTE=VALUE]", query: secretService},
	{scheme: "keychain", usage: "NAME=keychain:SERVICE[#ACCOUNT]", query: keychain},
	{scheme: "vault", usage: "NAME=vault:PATH#FIELD", locked: "vault login", query: vault},
	{scheme: "aws-sm", usage: "NAME=aws-sm:SECRET-ID", locked: "aws sso login", query: awsSecrets},
	{scheme: "gcloud", usage: "NAME=gcloud:SECRET[#VERSION]", locked: "gcloud auth login", query: gcloud},
	{scheme: "file", usage: "NAME=file:/PATH, or ~/PATH", query: file},
	{scheme: "exec", usage: "NAME=exec:/PATH of a program, ~/PATH, or its name in PATH", terminal: true, query: program},
}

func find(scheme string) *form {
	for i := range forms {
		if forms[i].scheme == scheme {
			return &forms[i]
		}
	}
	return nil
}

// schemes lists what a source may begin with.
func schemes() string {
	all := make([]string, len(forms))
	for i := range forms {
		all[i] = forms[i].scheme + ":"
	}
	return strings.Join(all, " ")
}

func ask(argv ...string) (Query, string) { return Query{Argv: argv}, "" }

// pass shows whole entries, of which the first line is the password by its own
// convention: the line that is wanted may stand behind a '#'.
func pass(rest string) (Query, string) {
	line := 0
	if i := strings.LastIndexByte(rest, '#'); i > 0 {
		if n, err := strconv.ParseUint(rest[i+1:], 10, 16); err == nil && n > 0 {
			rest, line = rest[:i], int(n)
		}
	}
	return Query{Argv: []string{"pass", "show", rest}, Line: line}, ""
}

func gopass(rest string) (Query, string) { return ask("gopass", "show", "--password", rest) }

func onePassword(rest string) (Query, string) {
	if strings.Count(rest, "/") < 2 {
		return Query{}, "it needs a vault, an item and a field"
	}
	return ask("op", "read", "--no-newline", "op://"+rest)
}

func bitwarden(rest string) (Query, string) {
	return ask("bw", "--nointeraction", "get", "password", rest)
}

// keepassxc asks on the terminal for the key of the database.
func keepassxc(rest string) (Query, string) {
	database, entry, ok := strings.Cut(rest, "#")
	switch {
	case !ok || entry == "":
		return Query{}, "the entry is missing behind '#'"
	case !absolute(database):
		return Query{}, "the database is named by a relative path"
	case entry[0] == '-':
		return Query{}, "the entry begins with '-', and would be a flag to its program"
	}
	return ask("keepassxc-cli", "show", "--show-protected", "--attributes", "Password", database, entry)
}

func secretService(rest string) (Query, string) {
	argv := []string{"secret-tool", "lookup"}
	for pair := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" || value == "" || name[0] == '-' {
			return Query{}, "it needs attributes and their values"
		}
		argv = append(argv, name, value)
	}
	return ask(argv...)
}

func keychain(rest string) (Query, string) {
	argv := []string{"/usr/bin/security", "find-generic-password", "-w"}
	service, account, ok := strings.Cut(rest, "#")
	if ok {
		argv = append(argv, "-a", account)
	}
	return ask(append(argv, "-s", service)...)
}

func vault(rest string) (Query, string) {
	path, field, ok := strings.Cut(rest, "#")
	if !ok || field == "" {
		return Query{}, "the field is missing behind '#'"
	}
	return ask("vault", "kv", "get", "-field="+field, path)
}

func awsSecrets(rest string) (Query, string) {
	return ask("aws", "secretsmanager", "get-secret-value", "--secret-id", rest,
		"--query", "SecretString", "--output", "text", "--no-cli-pager")
}

func gcloud(rest string) (Query, string) {
	name, version, ok := strings.Cut(rest, "#")
	if !ok {
		version = "latest"
	}
	if version == "" || version[0] == '-' {
		return Query{}, "the version is missing behind '#'"
	}
	return ask("gcloud", "--quiet", "secrets", "versions", "access", version, "--secret="+name)
}

func file(rest string) (Query, string) {
	if !absolute(rest) {
		return Query{}, "the file is named by a relative path"
	}
	return Query{File: rest}, ""
}

func program(rest string) (Query, string) {
	if strings.Contains(rest, "/") && !absolute(rest) {
		return Query{}, "the program is named by a relative path"
	}
	return ask(rest)
}
