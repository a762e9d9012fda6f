//go:build !static

package parts

import "embed"

//go:embed all:files/linux-amd64
var platform embed.FS
