package cli

import "github.com/nono-sandbox/nono/core/policy"

// watchTexts and watchBools are the flags of what takes a supervisor, by their names.
func watchTexts(w *policy.Watch) map[string]*string {
	return map[string]*string{"audit-log": &w.AuditLog, "audit-level": &w.AuditLevel, "undo-limit": &w.UndoLimit, "until": &w.Until, "ask-timeout": &w.AskTimeout}
}

func watchBools(w *policy.Watch) map[string]*bool {
	return map[string]*bool{"audit-required": &w.AuditRequired, "wait-all": &w.WaitAll, "explain": &w.Explain, "inner-sockets": &w.InnerSockets, "hold-metadata": &w.HoldMetadata, "protect-repo": &w.ProtectRepo, "end-kills": &w.EndKills, "ask": &w.Ask}
}

func bindWatch(w *policy.Watch, s *Set) {
	for name, to := range watchTexts(w) {
		s.BindString(name, to)
	}
	for name, to := range watchBools(w) {
		s.BindBool(name, to)
	}
	s.BindString("ask-with", &w.AskWith)
	s.BindList("ask-protected", &w.AskProtected)
}

// addWatch takes over what a profile says, where the command line says nothing.
func addWatch(to, from *policy.Watch, given *Set) {
	texts, bools := watchTexts(from), watchBools(from)
	for name, value := range watchTexts(to) {
		if !given.Given(name) {
			*value = *texts[name]
		}
	}
	for name, value := range watchBools(to) {
		if !given.Given(name) {
			*value = *bools[name]
		}
	}
}
