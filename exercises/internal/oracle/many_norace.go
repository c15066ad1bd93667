//go:build !race

package oracle

const racing = false

const (
	many = 11003
	most = 20_000 // of the numbers in a fix that Many exceeds

	often     = 1<<16 + 500
	mostOften = 1<<20 + 1 // of the numbers in a fix that Often exceeds
	mostFar   = 1<<23 + 1 // of the numbers in a fix that Far exceeds
)
