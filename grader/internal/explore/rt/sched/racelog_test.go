package sched

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A report about a goroutine that ran before the exploration belongs to no schedule.
func TestRacesOfTheSchedule(t *testing.T) {
	const line = "==================\n"
	outside := line + "WARNING: DATA RACE\nRead at 0x1 by goroutine 8:\n  x.work()\n  a/sched.runOutside()\n" + line
	own := line + "WARNING: DATA RACE\nRead at 0x1 by goroutine 8:\n  x.work()\n" + line
	for text, want := range map[string]int{
		outside:                 -1,
		outside + outside:       -1,
		own:                     len(line),
		own + outside:           len(line),
		outside + own:           len(outside) + len(line),
		"":                      0, // the log cannot be read as it is
		"what the test printed": 0,
	} {
		assert.Equal(t, want, ours([]byte(text)), "%q", text)
	}
}
