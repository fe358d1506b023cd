package inbox

import "strings"

// Words that are nearly right: whoever mistypes one of a few known words is told
// which was meant.

// Nearest is the known word that the word was probably meant to be, "" when none
// is near enough. Case does not count.
func Nearest(word string, known []string) string {
	return nearest(word, known, max(2, len(word)/3))
}

// nearest is the known word that most slips at the most lead to.
func nearest(word string, known []string, most int) string {
	best, distance := "", most+1
	for _, k := range known {
		if d := slips(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// slips counts the letters that were left out, added, mistaken, or exchanged
// with their neighbour (the optimal string alignment distance).
func slips(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			mistaken := last[j-1]
			if a[i-1] != b[j-1] {
				mistaken++
			}
			row[j] = min(mistaken, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
