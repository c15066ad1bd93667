//go:build !race

package oracle

const many = 5001
