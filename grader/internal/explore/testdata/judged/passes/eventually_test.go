package passes

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// At 200 ms two cases of the select in Never are ready, and a goroutine that Never
// leaves behind may take what the next call waits for: a timeout that came while it could
// run, since Never's goroutines and its select are under control as well.
//
// want: pass
func TestNeverLeavesOne(t *testing.T) {
	ch := make(chan int)
	cond := func() bool {
		select {
		case <-ch:
			return true
		default:
			return false
		}
	}
	assert.Never(t, cond, 200*time.Millisecond, 100*time.Millisecond)
	go func() { ch <- 1 }()
	assert.Eventually(t, cond, 500*time.Millisecond, 250*time.Millisecond)
}
