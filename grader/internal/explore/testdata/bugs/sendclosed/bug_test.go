// finds: race or panic

// Package sendclosed is a producer and a consumer that stops early; in the broken one the consumer closes the channel.
package sendclosed

import "testing"

// takeLoose closes the channel that the producer still sends on.
func takeLoose(n int) (sum int) {
	ch := make(chan int)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			ch <- i
		}
	}()
	for v := range ch {
		sum += v
		if v == 1 {
			close(ch)
		}
	}
	<-done
	return sum
}

// take tells the producer to stop, and only the producer closes its channel.
func take(n int) (sum int) {
	ch := make(chan int)
	stop := make(chan struct{})
	go func() {
		defer close(ch)
		for i := range n {
			select {
			case ch <- i:
			case <-stop:
				return
			}
		}
	}()
	stopped := false
	for v := range ch {
		if stopped {
			continue
		}
		sum += v
		if v == 1 {
			close(stop)
			stopped = true
		}
	}
	return sum
}

func run(t *testing.T, take func(int) int) {
	if got := take(4); got != 1 {
		t.Errorf("sum up to the first 1: got %d, want 1", got)
	}
}

func TestBug(t *testing.T)   { run(t, takeLoose) }
func TestFixed(t *testing.T) { run(t, take) }
