package sync

import "heisenkata/grader/internal/explore/rt/sched"

// wrong reports what does not hold, as a test's assertion would.
func wrong(ok bool, text string) {
	if !ok {
		sched.Report(sched.Wrong, text)
	}
}

// together runs all functions, each on a goroutine of its own, and waits.
func together(fs ...func()) {
	var wg WaitGroup
	for _, f := range fs {
		wg.Go(f)
	}
	wg.Wait()
}

// step is a point at which others may run.
func step() { sched.P(0) }

// correct are programs without a fault; with -race, their data is held to be
// synchronised as well.
var correct = map[string]func(){
	"mutex": func() {
		var mu Mutex
		n := 0
		add := func() {
			mu.Lock()
			defer mu.Unlock()
			v := n
			step()
			n = v + 1
		}
		together(add, add, add)
		wrong(n == 3, "an increment is lost")
	},
	"try lock": func() {
		var mu Mutex
		n, got := 0, make(chan bool, 2)
		try := func() {
			ok := mu.TryLock()
			if ok {
				n++
				step()
				mu.Unlock()
			}
			got <- ok
		}
		together(try, try)
		a, b := <-got, <-got
		wrong((a || b) && n >= 1, "a free lock is not taken")
	},
	"readers and writers": func() {
		var rw RWMutex
		var data [2]int
		write := func() {
			rw.Lock()
			defer rw.Unlock()
			data[0]++
			step()
			data[1]++
		}
		read := func() {
			rw.RLock()
			defer rw.RUnlock()
			a := data[0]
			step()
			wrong(a == data[1], "a reader sees half a write")
		}
		together(write, read, read, write)
		wrong(data == [2]int{2, 2}, "a write is lost")
	},
	"locker of readers": func() {
		var rw RWMutex
		n := 0
		read := func() {
			l := rw.RLocker()
			l.Lock()
			defer l.Unlock()
			_ = n
		}
		together(read, read, func() {
			rw.Lock()
			n++
			rw.Unlock()
		})
	},
	"try locks of readers and writers": func() {
		var rw RWMutex
		n := 0
		together(func() {
			if rw.TryLock() {
				n++
				step()
				rw.Unlock()
			}
		}, func() {
			if rw.TryRLock() {
				_ = n
				step()
				wrong(!rw.TryLock(), "a writer gets in beside a reader")
				rw.RUnlock()
			}
		})
		wrong(rw.TryLock(), "the lock is not free in the end")
	},
	"a try lock beside a writer that waits": func() {
		var rw RWMutex
		n := 0
		together(func() {
			rw.RLock()
			step()
			rw.RUnlock()
		}, func() {
			rw.Lock()
			n++
			rw.Unlock()
		}, func() {
			if rw.TryLock() {
				n++
				step()
				rw.Unlock()
			}
		})
	},
	"wait group": func() {
		var wg WaitGroup
		results := make([]int, 3)
		for round := range 2 {
			for i := range results {
				wg.Add(1)
				sched.Go(0, func() {
					defer wg.Done()
					results[i] += round
				})
			}
			wg.Wait()
			wrong(results[0]+results[1]+results[2] == 3*round, "Wait returns before all are done")
		}
	},
	"wait group with two waiters": func() {
		var wg WaitGroup
		n := 0
		wg.Add(1)
		wait := func() {
			wg.Wait()
			wrong(n == 1, "Wait returns early")
		}
		together(wait, wait, func() {
			n = 1
			wg.Done()
		})
	},
	"cond": func() {
		var mu Mutex
		c := NewCond(&mu)
		var queue []int
		take := func() {
			mu.Lock()
			defer mu.Unlock()
			for len(queue) == 0 {
				c.Wait()
			}
			queue = queue[1:]
		}
		put := func() {
			mu.Lock()
			queue = append(queue, 1)
			mu.Unlock()
			c.Signal()
		}
		together(take, put, take, put)
		wrong(len(queue) == 0, "something is left")
	},
	"broadcast to readers": func() {
		var rw RWMutex
		c := NewCond(rw.RLocker())
		ready := false
		wait := func() {
			rw.RLock()
			for !ready {
				c.Wait()
			}
			rw.RUnlock()
		}
		together(wait, wait, func() {
			rw.Lock()
			ready = true
			rw.Unlock()
			c.Broadcast()
		})
	},
	"once": func() {
		var once Once
		n := 0
		first := func() {
			once.Do(func() {
				step()
				n++
			})
			wrong(n == 1, "Do returns before the function has")
		}
		together(first, first, first)
	},
	"once value": func() {
		n := 0
		value := OnceValue(func() int { n++; return n })
		get := func() { wrong(value() == 1, "called more than once") }
		together(get, get)
	},
	"pool": func() {
		p := Pool{New: func() any { return new(int) }}
		use := func() {
			x := p.Get().(*int)
			*x++
			step()
			p.Put(x)
		}
		together(use, use)
	},
	"map": func() {
		var m Map
		x := 0
		together(func() {
			x = 1
			m.Store("x", true)
			m.Store("y", true)
		}, func() {
			if _, ok := m.Load("x"); ok {
				wrong(x == 1, "what was before Store is not seen after Load")
			}
		}, func() {
			m.Range(func(any, any) bool {
				wrong(x == 1, "what was before Store is not seen in Range")
				return true
			})
		})
	},
	"map, a key that is gone": func() {
		var m Map
		m.Store("x", true)
		x := 0
		together(func() {
			x = 1
			m.Delete("x")
		}, func() {
			if _, ok := m.Load("x"); !ok {
				wrong(x == 1, "what was before Delete is not seen")
			}
		})
		m.Clear()
	},
	"map, keys that are gone": func() {
		var m Map
		m.Store("x", true)
		m.Store("y", true)
		x := 0
		empty := func() bool {
			empty := true
			m.Range(func(any, any) bool { empty = false; return false })
			return empty
		}
		together(func() {
			x = 1
			m.Delete("x")
			m.LoadAndDelete("y")
		}, func() {
			if empty() {
				wrong(x == 1, "what was before Delete is not seen in Range")
			}
		})
	},
	"map, cleared": func() {
		var m Map
		m.Store("x", true)
		x := 0
		together(func() {
			x = 1
			m.Clear()
		}, func() {
			if _, ok := m.Load("x"); !ok {
				wrong(x == 1, "what was before Clear is not seen")
			}
		})
	},
	"map, one of several wins": func() {
		var m Map
		m.Store("n", 0)
		wins := make(chan bool, 2)
		try := func() { wins <- m.CompareAndSwap("n", 0, 1) }
		together(try, try)
		a, b := <-wins, <-wins
		wrong(a != b, "not exactly one CompareAndSwap wins")
	},
}

// faulty are programs whose fault has to be found, and what is said of it.
var faulty = map[string]struct {
	f    func()
	kind string
	text string
}{
	"unlock of an unlocked mutex": {func() {
		var mu Mutex
		mu.Unlock()
	}, "panic", "fatal error: sync: unlock of unlocked mutex"},
	"unlock of an unlocked rwmutex": {func() {
		var rw RWMutex
		rw.RLock()
		rw.Unlock()
	}, "panic", "fatal error: sync: Unlock of unlocked RWMutex"},
	"runlock of an unlocked rwmutex": {func() {
		var rw RWMutex
		rw.Lock()
		rw.RUnlock()
	}, "panic", "fatal error: sync: RUnlock of unlocked RWMutex"},
	"negative counter": {func() {
		var wg WaitGroup
		wg.Done()
	}, "panic", "sync: negative WaitGroup counter"},
	"copied cond": {func() {
		c := NewCond(&Mutex{})
		c.Signal()
		copied := Cond{L: c.L}
		copied.queue.made.Store(c.queue.made.Load())
		copied.Signal()
	}, "panic", "sync.Cond is copied"},
	"reused wait group": {func() {
		var wg WaitGroup
		wg.Add(1)
		reuse := func() {
			wg.Wait()
			wg.Add(1)
			step()
			wg.Done()
		}
		together(reuse, reuse, wg.Done)
	}, "panic", "sync: WaitGroup is reused before previous Wait has returned"},
	"lost signal": {func() {
		var mu Mutex
		c := NewCond(&mu)
		together(func() {
			mu.Lock()
			c.Wait()
			mu.Unlock()
		}, c.Signal)
	}, "deadlock", "no goroutine can ever go on"},
	"once that calls itself": {func() {
		var once Once
		once.Do(func() { once.Do(func() {}) })
	}, "deadlock", "no goroutine can ever go on"},
	"a map that changes during Range": {func() {
		var m Map
		m.Store("x", 1)
		m.Store("y", 1)
		sum := 0
		together(func() {
			m.Store("x", 2)
			m.Store("y", 2)
		}, func() {
			m.Range(func(_, v any) bool {
				sum = sum*10 + v.(int)
				return true
			})
		})
		wrong(sum != 12, "the old x and the new y")
	}, "wrong", "the old x and the new y"},
	"a panic in a group": {func() {
		var wg WaitGroup
		wg.Go(func() { panic("in f") })
		wg.Wait()
	}, "panic", "in f"},
}
