//go:build race

package oracle

const racing = true

const (
	many = 2049
	most = 3000 // of the numbers in a fix that Many exceeds

	often     = 1<<12 + 500
	mostOften = 1 << 15 // of the numbers in a fix that Often exceeds
	mostFar   = mostOften
)
