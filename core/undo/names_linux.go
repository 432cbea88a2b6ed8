package undo

import "golang.org/x/sys/unix"

// Make tells that a name is about to be made where there is none.
func (j *Journal) Make(p *Place) error {
	if err := j.around(p); err != nil {
		return err
	}
	return j.write(record{op: opMake, path: p.Path()})
}

// Link tells that a name is about to be made of what lies at from; nil where that has no
// name. Once it has another name the command may change it by that one, so its own name is
// written down too.
func (j *Journal) Link(from, to *Place) error {
	if from != nil && !j.Own(from.Thing) {
		if err := j.Metadata(from); err != nil {
			return err
		}
	}
	return j.Make(to)
}

// Made tells that what lies at the place now was made by the run, and not only its
// name: nothing of it is ever saved.
func (j *Journal) Made(p *Place) error {
	m, err := metaAt(p.Dir, p.Base)
	if err == nil {
		j.known[m.ID] |= own
	}
	return err
}

// Own reports whether the run itself made what the descriptor is.
func (j *Journal) Own(fd int) bool {
	m, err := metaAt(fd, "")
	return err == nil && j.known[m.ID]&own != 0
}

// Removed reports whether the run removed a name of what the descriptor is.
func (j *Journal) Removed(fd int) bool {
	m, err := metaAt(fd, "")
	return err == nil && j.known[m.ID]&removed != 0
}

// Remove saves what is about to lose this name.
func (j *Journal) Remove(p *Place) error {
	if err := j.around(p); err != nil {
		return err
	}
	m, err := metaAt(p.Thing, "")
	if err != nil {
		return err
	}
	r := record{op: opRemove, path: p.Path(), meta: m}
	if j.known[m.ID]&own == 0 {
		j.known[m.ID] |= removed
		hide, err := j.show(p.Thing, p.Path(), m, false)
		if err != nil {
			return err
		}
		defer hide()
		if m.Attributes, err = attributesOf(p.Thing); err != nil {
			return err
		}
		if m.Is(unix.S_IFLNK) {
			if r.target, err = readLink(p.Dir, p.Base); err != nil {
				return err
			}
		}
		if r.saved, err = j.link(p, m); err != nil {
			return err
		}
	}
	return j.write(r)
}

// Move tells that a name is about to become another. What lies at the other is lost.
func (j *Journal) Move(from, to *Place) error {
	m, err := metaAt(from.Thing, "")
	if err != nil {
		return err
	}
	if to.Thing >= 0 {
		there, err := metaAt(to.Thing, "")
		if err != nil {
			return err
		}
		if there.ID == m.ID {
			return nil // rename(2) does nothing for two names of one file
		}
		if err := j.Remove(to); err != nil {
			return err
		}
	}
	if err := j.moving(from, to, m); err != nil {
		return err
	}
	return j.write(record{op: opMove, path: from.Path(), to: to.Path(), meta: m})
}

// Swap tells that two names are about to be exchanged.
func (j *Journal) Swap(a, b *Place) error {
	m, err := metaAt(a.Thing, "")
	if err != nil {
		return err
	}
	other, err := metaAt(b.Thing, "")
	if err != nil {
		return err
	}
	if err := j.moving(a, b, m); err != nil {
		return err
	}
	if other.Is(unix.S_IFDIR) {
		if err := j.Metadata(b); err != nil {
			return err
		}
	}
	return j.write(record{op: opSwap, path: a.Path(), to: b.Path(), meta: m})
}

// moving saves the metadata that a rename changes by the way.
func (j *Journal) moving(from, to *Place, m *Meta) error {
	if err := j.around(from); err != nil {
		return err
	}
	if err := j.around(to); err != nil {
		return err
	}
	if m.Is(unix.S_IFDIR) {
		return j.Metadata(from)
	}
	return nil
}
