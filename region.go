package zhuanhua

import "strings"

// Region is a six-digit administrative division code (GB/T 2260, "450200" is 柳州市) or a two-letter
// country code (ISO 3166, "VN"); "" is not stated. Names are looked up where they are shown.
type Region string

// Valid reports whether r has the form of a code. It does not look it up.
func (r Region) Valid() bool {
	switch len(r) {
	case 6:
		return strings.Trim(string(r), "0123456789") == "" && r[0] != '0'
	case 2:
		return r[0] >= 'A' && r[0] <= 'Z' && r[1] >= 'A' && r[1] <= 'Z'
	}
	return false
}

// Province is the code of the province that r lies in ("450000" for "450200"), or r itself for a country.
func (r Region) Province() Region {
	if len(r) != 6 {
		return r
	}
	return r[:2] + "0000"
}

// City is the code of the prefecture that r lies in, "" when r is a province or a country.
func (r Region) City() Region {
	if len(r) != 6 || r[2:4] == "00" {
		return ""
	}
	return r[:4] + "00"
}

// Within reports whether r is outer or lies inside it.
func (r Region) Within(outer Region) bool {
	if r == outer {
		return r != ""
	}
	if len(r) != 6 || len(outer) != 6 {
		return outer == "CN" && len(r) == 6
	}
	return strings.HasSuffix(string(outer), "0000") && r[:2] == outer[:2] ||
		strings.HasSuffix(string(outer), "00") && outer[2:4] != "00" && r[:4] == outer[:4]
}
