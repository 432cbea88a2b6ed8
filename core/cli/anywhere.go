package cli

// ParseAnywhere is Parse for a command whose words are its own, and none of a command to
// start: flags may stand behind words too, up to "--", behind which all are words.
func (s *Set) ParseAnywhere(args []string) ([]string, error) {
	var words []string
	for {
		rest, err := s.Parse(args)
		if err != nil {
			return nil, err
		}
		taken := len(args) - len(rest)
		if len(rest) == 0 || taken > 0 && args[taken-1] == "--" {
			// "--" is no argument here: Bind refuses that.
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

// WantsHelp reports whether a word before "--" asks for help.
func WantsHelp(args []string) bool {
	for _, a := range args {
		switch a {
		case "--":
			return false
		case "-h", "-help", "--help":
			return true
		}
	}
	return false
}
