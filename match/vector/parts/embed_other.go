//go:build static || !linux || (!amd64 && !arm64)

package parts

import "embed"

// platform is empty: there is no runtime library for this platform.
var platform embed.FS
