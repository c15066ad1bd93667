// finds: wrong

// Package pump forwards items until it is told to stop; in the broken pump a break leaves only the inner select.
package pump

import "testing"

// pumpLoose forgets the item that it has in its hand when quit comes.
func pumpLoose(in <-chan int, out chan<- int, quit <-chan struct{}) (unsent []int) {
	for {
		select {
		case <-quit:
			return unsent
		case v, ok := <-in:
			if !ok {
				return unsent
			}
			select {
			case out <- v:
			case <-quit:
				break
			}
		}
	}
}

// pump keeps the item and leaves the loop.
func pump(in <-chan int, out chan<- int, quit <-chan struct{}) (unsent []int) {
	var v int
	var ok bool
loop:
	for {
		select {
		case <-quit:
			break loop
		case v, ok = <-in:
			if !ok {
				break loop
			}
			select {
			case out <- v:
				continue loop
			case <-quit:
				unsent = append(unsent, v)
				break loop
			}
		}
	}
	return unsent
}

func run(t *testing.T, pump func(<-chan int, chan<- int, <-chan struct{}) []int) {
	in, out, quit := make(chan int, 2), make(chan int), make(chan struct{})
	in <- 1
	in <- 2
	unsent := make(chan []int)
	go func() { unsent <- pump(in, out, quit) }()
	n := 0
	select {
	case <-out:
		n++
	default:
	}
	close(quit)
	n += len(<-unsent) + len(in)
	if n != 2 {
		t.Errorf("items sent, unsent and waiting: got %d, want 2", n)
	}
}

func TestBug(t *testing.T)   { run(t, pumpLoose) }
func TestFixed(t *testing.T) { run(t, pump) }
