// Package flags has a test that asks for flags.
package flags

import (
	"flag"
	"testing"
)

var slow = flag.Bool("slow", false, "take your time")

func TestFlags(t *testing.T) {
	if !testing.Short() || !*slow || flag.Arg(0) != "rest" {
		t.Error(testing.Short(), *slow, flag.Args())
	}
}
