//go:build !race

package app_test

// slow says that the race detector makes everything ten times as slow.
const slow = false
