// Package varinit hands out blocks of two ids from a generator that a package variable starts; the broken one receives twice.
package varinit

import "sync"

var (
	ids  = generate(first)
	mu   sync.Mutex
	last = func() *sync.Map { return new(sync.Map) }()
)

const first = 100

// generate counts for as long as the process lives.
func generate(from int) <-chan int {
	ch := make(chan int)
	go func() {
		for id := from; ; id++ {
			ch <- id
		}
	}()
	return ch
}

// BlockLoose may get ids that do not follow each other.
func BlockLoose(user string) (a, b int) {
	a = <-ids
	b = <-ids
	last.Store(user, b)
	return a, b
}

// Block takes both ids under a lock.
func Block(user string) (a, b int) {
	mu.Lock()
	defer mu.Unlock()
	return BlockLoose(user)
}

// Last is the last id that a user got.
func Last(user string) int {
	v, _ := last.Load(user)
	id, _ := v.(int)
	return id
}
