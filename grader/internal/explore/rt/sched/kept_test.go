package sched

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore/rt/search"
)

func TestKept(t *testing.T) {
	things := make([][2]int64, 200)
	Run(t, search.NewReplay(nil), Options{}, func() {
		want := map[unsafe.Pointer]any{}
		for i := range 20_000 {
			p := unsafe.Pointer(&things[rand.IntN(len(things)*(1+i/5000)/4)])
			if rand.IntN(2) == 0 {
				Keep(p, nil)
				delete(want, p)
			} else {
				Keep(p, i)
				want[p] = i
			}
			if i%50 == 0 {
				for j := range things {
					p := unsafe.Pointer(&things[j])
					if !assert.Equal(t, want[p], Kept(p)) {
						return
					}
				}
			}
		}
		Keep(unsafe.Pointer(&things[0]), 1)
	})
	Run(t, search.NewReplay(nil), Options{}, func() {
		assert.Nil(t, Kept(unsafe.Pointer(&things[0])), "from the last schedule")
	})
	Keep(unsafe.Pointer(&things[0]), 1)
	assert.Nil(t, Kept(unsafe.Pointer(&things[0])), "out of control")
}
