//go:build static

package parts

import "embed"

// common is empty: a static build carries no model, it matches by words alone.
var common embed.FS
