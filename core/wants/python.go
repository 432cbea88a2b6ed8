package wants

import (
	"path/filepath"
	"slices"
	"strings"
)

// shared are words of Python programs that need shared memory: the locks and queues of
// multiprocessing are semaphores with a name, which the C library keeps in /dev/shm.
var shared = [...]string{"multiprocessing", "ProcessPoolExecutor"}

// python looks into what Python is to run: the text behind -c, or a script.
func (f *Finder) python(out *Wants, argv []string, dir string) {
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; {
		case a == "-c" && i+1 < len(argv):
			out.sharedBy(argv[i+1])
			return
		case a == "-m", a == "-":
			return
		case a == "-W", a == "-X":
			i++
		case !strings.HasPrefix(a, "-"):
			if !filepath.IsAbs(a) {
				a = filepath.Join(dir, a)
			}
			if text, err := f.Read(a); err == nil {
				out.sharedBy(text)
			}
			return
		}
	}
}

func (w *Wants) sharedBy(text string) {
	want := Want{"private-shm", ""}
	if !slices.Contains(w.Flags, want) && slices.ContainsFunc(shared[:], func(word string) bool { return strings.Contains(text, word) }) {
		w.Flags = append(w.Flags, want)
	}
}
