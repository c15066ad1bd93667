// finds: wrong

// Package nilselect merges two channels by select; the broken one does not set a closed channel to nil.
package nilselect

import "testing"

// sumLoose counts one closed channel twice and stops before the other has ended.
func sumLoose(a, b <-chan int) (sum int) {
	for closed := 0; closed < 2; {
		select {
		case v, ok := <-a:
			if !ok {
				closed++
				continue
			}
			sum += v
		case v, ok := <-b:
			if !ok {
				closed++
				continue
			}
			sum += v
		}
	}
	return sum
}

// sum takes a closed channel out of the select.
func sum(a, b <-chan int) (sum int) {
	var v int
	var ok bool
	for a != nil || b != nil {
		select {
		case v, ok = <-a:
			if !ok {
				a = nil
			}
		case v, ok = <-b:
			if !ok {
				b = nil
			}
		}
		if ok {
			sum += v
		}
	}
	return sum
}

func source(vs ...int) <-chan int {
	ch := make(chan int, len(vs))
	go func() {
		defer close(ch)
		for _, v := range vs {
			ch <- v
		}
	}()
	return ch
}

func run(t *testing.T, sum func(a, b <-chan int) int) {
	if got := sum(source(1), source(2, 3)); got != 6 {
		t.Errorf("sum: got %d, want 6", got)
	}
}

func TestBug(t *testing.T)   { run(t, sumLoose) }
func TestFixed(t *testing.T) { run(t, sum) }
