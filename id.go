package zhuanhua

import "strings"

// maxID is the longest id accepted, in bytes: longer ones are a text in the wrong column.
const maxID = 200

// CheckID reports what is wrong with an external id, or "": it is what other files refer to, so it
// must stand on one line without blanks at its ends.
func CheckID(id string) string {
	switch {
	case id == "":
		return "the id is empty"
	case len(id) > maxID:
		return "the id is longer than 200 bytes"
	case strings.TrimSpace(id) != id:
		return "the id begins or ends with a blank"
	case strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "the id holds a control character"
	}
	return ""
}
