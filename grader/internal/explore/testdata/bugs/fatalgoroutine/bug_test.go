// finds: deadlock or wrong

// Package fatalgoroutine checks a cache in the background; the broken check calls Fatal there and never answers.
package fatalgoroutine

import (
	"errors"
	"sync"
	"testing"
)

var errCold = errors.New("cache is cold")

type cache struct {
	mu   sync.Mutex
	page string
}

func (c *cache) fill(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.page = s
}

func (c *cache) get() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.page == "" {
		return "", errCold
	}
	return c.page, nil
}

// checkLoose ends its own goroutine by Fatal, so the test waits for ever.
func checkLoose(t *testing.T, c *cache, pages chan<- string) {
	page, err := c.get()
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	pages <- page
}

// check answers in any case; a cold cache is an answer too.
func check(t *testing.T, c *cache, pages chan<- string) {
	page, err := c.get()
	if err != nil && !errors.Is(err, errCold) {
		t.Errorf("get: %v", err)
	}
	pages <- page
}

func run(t *testing.T, check func(*testing.T, *cache, chan<- string)) {
	c := new(cache)
	pages := make(chan string)
	go check(t, c, pages)
	c.fill("home")
	if page := <-pages; page != "" && page != "home" {
		t.Fatalf("page: got %q", page)
	}
}

func TestBug(t *testing.T)   { run(t, checkLoose) }
func TestFixed(t *testing.T) { run(t, check) }
