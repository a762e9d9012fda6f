// Package examples holds the invented records, embedded, so that the program can show itself anywhere.
package examples

import "embed"

// Files holds the achievements and the needs, and the casework that is played when they are loaded.
//
//go:embed achievements.jsonl needs.jsonl casework.jsonl
var Files embed.FS
