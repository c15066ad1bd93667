package kata

import "strings"

// nearest returns the id most like name, or "" if none is near.
func (k Kata) nearest(name string) string {
	best, bestDistance := "", len(name)/2+1
	for _, e := range k.Exercises {
		if len(name) > 2 && strings.Contains(e.ID, name) {
			return e.ID
		}
		if d := distance(name, e.ID); d < bestDistance {
			best, bestDistance = e.ID, d
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
