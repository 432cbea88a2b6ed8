package cli

// LearnFlags are nono-learn's.
var LearnFlags = []Flag{
	{"output", "o", Text, "save the profile as a profile of the user, with this name", groupLearn, false, false},
	{"force", "", None, "replace a profile with this name", groupLearn, false, false},
	{"add-to", "", Profile, "add what is missing to this profile of the user", groupLearn, false, false},
	{"check", "", Profile, "tell what this profile lacks for the command, and which of its lines were not used", groupLearn, false, false},

	{"host", "", Host, "let the command connect to a service of this machine, such as localhost:5432", groupLearning, true, false},
	{"allow-env", "", Name, "pass this environment variable, although it looks like a credential", groupLearning, true, false},
	{"commands", "", None, "let the command run blocked commands, such as rm", groupLearning, false, false},

	{"silent", "s", None, "show only errors and the profile", groupMessages, false, false},
	{"help", "h", None, "show all flags; -h is short", groupMessages, false, false},
	{"version", "", None, "show the version", groupMessages, false, false},
}
