package main

import "testing"

// TestFromHere: the link for the first administrator can be opened as it is printed.
func TestFromHere(t *testing.T) {
	for at, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "[::]:8080": "127.0.0.1:8080", "0.0.0.0:9000": "127.0.0.1:9000", "[2001:db8::1]:80": "[2001:db8::1]:80", "broken": "broken",
	} {
		if got := fromHere(at); got != want {
			t.Errorf("%s is opened at %s, want %s", at, got, want)
		}
	}
}
