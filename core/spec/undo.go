package spec

// Kept reports whether a line grants changes of the user's data: --ephemeral and --undo
// keep the originals of these. The private temp, the files of the standard streams,
// devices, /dev, /proc and /sys are not the user's data.
func (p *Path) Kept() bool {
	switch {
	case !p.Kind.Grants() || !p.Kind.Writes() || p.Kind == Device:
		return false
	case p.By.Source == PrivateTemp || p.By.Source == StandardStream:
		return false
	}
	return !Within(p.Path, "/dev") && !Within(p.Path, "/proc") && !Within(p.Path, "/sys")
}

// WithoutChanges returns s with grants that only read the user's data: with --undo, the
// kernel enforces this spec, and the supervisor makes each change.
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
