package zhuanhua

// Source says where a record came from: the file, its place in it, and cell by cell the column and
// the raw value, so that every quotation can be found again in what the giver handed in.
type Source struct {
	File  string `json:"file,omitempty"`
	Row   int    `json:"row,omitempty"`  // 1 is the first record of the file (the header is not counted)
	Line  int    `json:"line,omitempty"` // line or sheet row in the file, for messages
	Cells []Cell `json:"cells,omitempty"`
}

// Cell is one value as it stood in the file, before any trimming or folding.
type Cell struct {
	Column string   `json:"column,omitempty"` // the file's own column or key
	Noun   string   `json:"noun,omitempty"`   // the field of the noun it was read into ("title", "abstract", …); "" when unknown
	Raw    string   `json:"raw,omitempty"`    // the value as text; "" when the value was a list
	List   []string `json:"list,omitempty"`   // the values when the file held a list (jsonl arrays)
}

// Quotable reports whether offsets into the cell's raw value make sense to the reader of the file:
// a plain text, not a list or a number.
func (c Cell) Quotable() bool { return c.List == nil && c.Raw != "" }
