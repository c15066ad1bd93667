package oracle_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

func TestGoroutineKnowsItsCreator(t *testing.T) {
	mine, _ := oracle.Goroutine()
	var child, parent, again string
	var group sync.WaitGroup
	group.Go(func() {
		child, parent = oracle.Goroutine()
		again, _ = oracle.Goroutine()
	})
	group.Wait()
	assert.Equal(t, mine, parent)
	assert.NotEqual(t, mine, child)
	assert.Equal(t, child, again)
}
