package os

import (
	"io/fs"
	"time"

	"heisenkata/grader/internal/explore/rt/sched"
)

// ModTime stands for the method of fs.FileInfo.
func ModTime(info fs.FileInfo) time.Time {
	at := info.ModTime()
	sched.NoteFileTime(at)
	return at
}
