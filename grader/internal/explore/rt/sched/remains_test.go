package sched

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRemains(t *testing.T) {
	dump := `goroutine 1 [running]:
main.main()
	/x/main.go:1 +0x1

goroutine 5 [chan receive (durable), synctest bubble 1]:
old.left(0x1)
	/x/old.go:1 +0x1
created by old.Start in goroutine 4
	/x/old.go:2 +0x1

goroutine 7 [select (durable), synctest bubble 2]:
internal/poll.wait(0x1)
	/go/poll.go:1 +0x1
net/http.(*persistConn).writeLoop(0xc000123)
	/go/http.go:1 +0x1
created by net/http.(*Transport).dialConn in goroutine 6
	/go/http.go:2 +0x1

goroutine 8 [select (durable), synctest bubble 2]:
net/http.(*persistConn).writeLoop(0xc000456)
	/go/http.go:1 +0x1
created by net/http.(*Transport).dialConn in goroutine 6
	/go/http.go:2 +0x1
`
	assert.Equal(t, "net/http.(*persistConn).writeLoop (started by net/http.(*Transport).dialConn)", remains(dump), "of the latest bubble, each kind once")
	assert.Empty(t, remains("goroutine 1 [running]:\nmain.main()\n"))
	four := ""
	for _, f := range []string{"d", "c", "b", "a"} {
		four += "goroutine 1 [select, synctest bubble 3]:\npool." + f + "(...)\n\t/x/pool.go:1\n\n"
	}
	assert.Equal(t, "pool.a, pool.b, pool.c, 1 more", remains(four))
}
