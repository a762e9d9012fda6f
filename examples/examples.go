// Package examples holds the invented records, embedded, so that the program can show itself anywhere.
package examples

import "embed"

// Files holds the achievements and the needs.
//
//go:embed achievements.jsonl needs.jsonl
var Files embed.FS
