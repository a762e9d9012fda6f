//go:build !static

package parts

import "embed"

//go:embed all:files/common
var common embed.FS
