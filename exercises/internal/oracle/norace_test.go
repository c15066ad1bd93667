//go:build !race

package oracle_test

const racing = false
