// Package conditions asks for conditions in goroutines that are not under control.
//
//explore:native
package conditions

import (
	"time"

	"github.com/stretchr/testify/assert"
)

func Unmet(t assert.TestingT, condition func() bool) {
	assert.Never(t, condition, 200*time.Millisecond, 100*time.Millisecond)
}

func Met(t assert.TestingT, condition func() bool) {
	assert.Eventually(t, condition, 500*time.Millisecond, 250*time.Millisecond)
}
