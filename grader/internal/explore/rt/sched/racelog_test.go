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
	looks := line + "WARNING: DATA RACE\nWrite at 0x1 by goroutine 8:\n  x.work()\n\nPrevious read at 0x1 by goroutine 7:\n  time.Now()\n      time.go:1 +0x1\n  time.Since()\n      time.go:2 +0x1\n"
	explorers := looks + "  heisenkata.explore/sched.instant()\n" + line
	testings := looks + "  testing.tRunner()\n" + line
	tests := looks + "  heisenkata.explore/sched.Now()\n" + line
	for text, want := range map[string]int{
		explorers:               -1,
		testings + explorers:    -1,
		testings + tests:        len(testings) + len(line),
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
