// Package intake reads the files that institutions have (csv, xlsx, jsonl) into the nouns of the
// catalogue, and keeps for each value where it stood. It does not rank, store or decide.
package intake

import "zhuanhua"

// Row is one record read from a file, with the places its values came from.
type Row[T any] struct {
	Value  T
	Source zhuanhua.Source
}

// Achievement and Need are the rows that the matching engine reads.
type (
	Achievement = Row[zhuanhua.Achievement]
	Need        = Row[zhuanhua.Need]
)

// Options says how to read a file; the zero value detects everything.
type Options struct {
	Sheet    string // xlsx: sheet name; "" is the first sheet with a header that is understood
	Encoding string // csv, jsonl: "utf-8", "gb18030" (also gbk, gb2312) or "utf-16"; "" detects
	Limits   Limits // zero fields take the defaults
	Mapping  *Mapping
	Prefix   string // Records: put before serial numbers and counted rows, to make ids of them
	// Warn is told of everything that was read otherwise than written, or not at all, though the
	// file as a whole can be used. It may be nil.
	Warn func(Problem)
	kept bool // the records are to be kept: ids are not counted, see idRule
}

// Limits keep a hostile or broken file from exhausting the machine.
type Limits struct {
	FileBytes     int64 // the file as it lies on the disk
	UnpackedBytes int64 // what a part of an xlsx unpacks to, and all text shown by a sheet
	CellRunes     int   // one value
	Columns       int
	Records       int
	LineBytes     int // one line of jsonl, one record of csv
	ZipEntries    int
}

// withDefaults fills the limits that were not given.
func (l Limits) withDefaults() Limits {
	pick := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.FileBytes <= 0 {
		l.FileBytes = 2 << 30
	}
	if l.UnpackedBytes <= 0 {
		l.UnpackedBytes = 1 << 30
	}
	pick(&l.CellRunes, 4<<20)
	pick(&l.Columns, 1024)
	pick(&l.Records, 2_000_000)
	pick(&l.LineBytes, 16<<20)
	pick(&l.ZipEntries, 10_000)
	return l
}
