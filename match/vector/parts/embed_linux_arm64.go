//go:build !static

package parts

import "embed"

//go:embed all:files/linux-arm64
var platform embed.FS
