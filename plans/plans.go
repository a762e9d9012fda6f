// Package plans holds the action plans themselves, embedded: data, and no Go but this.
package plans

import "embed"

// Files holds a folder a plan.
//
//go:embed all:*
var Files embed.FS
