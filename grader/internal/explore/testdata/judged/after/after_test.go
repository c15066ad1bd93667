// Package after fails after conditions were asked for that nothing waits for any more.
package after

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/testdata/judged/after/conditions"
)

func poll(ch chan int) func() bool {
	return func() bool {
		select {
		case <-ch:
			return true
		default:
			return false
		}
	}
}

func TestConditions(t *testing.T) {
	m, ch, res := map[int]int{1: 1, 2: 2}, make(chan int), make(chan int)
	for i := 1; i <= 2; i++ {
		var wg sync.WaitGroup
		wg.Go(func() { ch <- 1 })
		go func() { delete(m, i); wg.Wait(); res <- 1 }()
		conditions.Unmet(t, poll(res))
		conditions.Met(t, poll(ch))
		conditions.Met(t, poll(res))
		require.Len(t, m, 2-i)
	}
}
