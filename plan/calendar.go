package plan

import "zhuanhua"

// Calendar says which days are worked. It is data of a place: the State Council announces the holidays of
// each year and the Saturdays and Sundays that are worked for them, and a region may have its own.
type Calendar struct {
	Years    []*CalendarYear
	Regional []*RegionalHoliday
	At       Pos
}

// CalendarYear is one year's announcement.
type CalendarYear struct {
	Year        int
	Source      Source
	Provisional bool // not announced yet: statutory days only
	Holidays    []*Holiday
	MakeUp      []Day
	At          Pos
}

// Holiday is a run of days that are not worked.
type Holiday struct {
	Name Text
	zhuanhua.Period
	At Pos
}

// RegionalHoliday is a holiday of the plan's region alone.
type RegionalHoliday struct {
	Name   Text
	Days   []Day
	Source Source
	At     Pos
}

// Day is a day and where it is written.
type Day struct {
	zhuanhua.Date
	At Pos
}
