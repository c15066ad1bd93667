//go:build race

package oracle

const many = 2049
