package kata

import "strings"

// nearest returns the id most like name, or "" if none is near.
func (k Kata) nearest(name string) string {
	var ids []string
	for _, e := range k.Exercises {
		if len(name) > 2 && strings.Contains(e.ID, name) {
			return e.ID
		}
		ids = append(ids, e.ID)
	}
	return closest(name, ids)
}

// closest returns the name most like another one, or "" if none is near.
func closest(name string, names []string) (best string) {
	bestDistance := len(name)/2 + 1
	for _, other := range names {
		if d := distance(name, other); d < bestDistance {
			best, bestDistance = other, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
