// Package nearest finds the name that somebody probably meant, for a hint.
package nearest

// Name returns the name most like word, or "" if none is near: at most two
// letters added, dropped, changed or, for short words, one.
func Name(word string, names []string) string {
	best, limit := "", 2
	if len(word) < 5 {
		limit = 1
	}
	for _, n := range names {
		if d := distance(word, n); d <= limit {
			best, limit = n, d-1
		}
	}
	return best
}

// distance is Levenshtein's, over bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}
