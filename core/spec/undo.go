package spec

// Kept reports whether what a line lets be changed is the user's data, of which
// --ephemeral and --undo keep the originals: not the sandbox's own temp, not what the
// standard streams are open on, and nothing that is no data: devices, /dev, /proc and
// /sys.
func (p *Path) Kept() bool {
	switch {
	case !p.Kind.Grants() || !p.Kind.Writes() || p.Kind == Device:
		return false
	case p.By.Source == PrivateTemp || p.By.Source == StandardStream:
		return false
	}
	return !Within(p.Path, "/dev") && !Within(p.Path, "/proc") && !Within(p.Path, "/sys")
}

// WithoutChanges returns the spec that the kernel keeps the command to where each change
// of kept data is the supervisor's to make: s with reading alone there.
func (s *Spec) WithoutChanges() *Spec {
	inner := *s
	inner.Paths = make([]Path, 0, len(s.Paths))
	for i := range s.Paths {
		p := s.Paths[i]
		if p.Kept() {
			switch p.Kind {
			case Allow, Temp:
				p.Kind = Read
			case AllowFile:
				p.Kind = ReadFile
			default: // nothing may be read
				continue
			}
		}
		inner.Paths = append(inner.Paths, p)
	}
	return &inner
}
