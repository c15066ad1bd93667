//go:build !race

package oracle

const many = 11003
