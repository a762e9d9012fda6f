//go:build !race

package main

// slow says that the race detector makes everything ten times as slow.
const slow = false
