// Package net gives each schedule a network of its own, where the network is one in
// memory.
package net

import (
	"net/http"
	"reflect"
	"strings"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Use makes schedules begin with the network that begin makes, and with an HTTP
// client that knows no connection: those of the last one are of another bubble. *beyond is
// called with addresses of other machines, and with "" if the network in memory cannot do
// what is asked of it; *forgotten for each connection, which a finalizer closes.
func Use(begin func(), beyond *func(address string), forgotten *func() func(func())) {
	*beyond, *forgotten = outOfReach, sched.Forgotten
	client, ours := http.DefaultTransport.(*http.Transport)
	usual := *http.DefaultClient
	sched.Renew(func() {
		begin()
		if ours {
			forget(client, usual)
		}
	})
}

func outOfReach(address string) {
	what := "it talks to " + address
	if address == "" {
		sched.Report(sched.Unexplorable, "it does something with a socket that the network in memory cannot do, such as asking for its file descriptor")
		return
	}
	if strings.HasSuffix(address, ":53") {
		what = "it looks up a name that this machine does not know by itself, at " + address
	}
	sched.Report(sched.Unexplorable, what+", and no schedule decides what the network does")
}

// forget is hidden from the race detector: what is left of the schedule before may still
// read which client there is.
//
//go:norace
func forget(client *http.Transport, usual http.Client) {
	http.DefaultTransport, *http.DefaultClient = unused(client), usual
}

// unused is a transport with the settings of another, and no connections.
func unused(of *http.Transport) *http.Transport {
	t := &http.Transport{}
	from, to := reflect.ValueOf(of).Elem(), reflect.ValueOf(t).Elem()
	for i := range from.NumField() {
		if f := from.Type().Field(i); f.IsExported() && f.Name != "TLSNextProto" { // which it fills in itself
			to.Field(i).Set(from.Field(i))
		}
	}
	return t
}
