// Package initworker numbers tickets in a goroutine that init starts; the broken count reads its variable from outside.
package initworker

type request struct {
	count bool
	reply chan int
}

var (
	requests = make(chan request)
	issued   int
)

func init() { go work() }

// work owns issued and lives as long as the process.
func work() {
	for r := range requests {
		if !r.count {
			issued++
		}
		r.reply <- issued
	}
}

func ask(count bool) int {
	r := request{count, make(chan int)}
	requests <- r
	return <-r.reply
}

// Next issues a ticket.
func Next() int { return ask(false) }

// IssuedLoose reads the variable of the worker.
func IssuedLoose() int { return issued }

// Issued asks the worker.
func Issued() int { return ask(true) }
