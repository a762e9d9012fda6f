package report

import (
	"zhuanhua"
	"zhuanhua/intake"
)

// regionName is the name of a place, its code where no name is known, fit for one line.
func regionName(r zhuanhua.Region) string { return brief(intake.RegionName(r), 40) }
