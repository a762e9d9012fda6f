package zhuanhua_test

import (
	"strings"
	"testing"

	"zhuanhua"
)

// TestCheckUSCC: the first code is the example that GB 32100-2015 itself prints; the others are made
// from invented bodies by a sum done apart from the program.
func TestCheckUSCC(t *testing.T) {
	for _, code := range []string{"91350100M000100Y43", "91450200MA5XXXXX0Y", "124500004983XX001N"} {
		if what := zhuanhua.CheckUSCC(code); what != "" {
			t.Errorf("%s: %s", code, what)
		}
	}
	for code, want := range map[string]string{
		"":                    "18 characters, this has 0",
		"91350100M000100Y4":   "this has 17",
		"91350100M000100Y433": "this has 19",
		"91350100M000100Y44":  `asks for`,
		"91350100M000100Y4O":  "check character",
		"9135O100M000100Y43":  "character 5",
		"91350100m000100y43":  "character 9",
		"示例示例示例":              "this has 6",
	} {
		if got := zhuanhua.CheckUSCC(code); !strings.Contains(strings.ReplaceAll(got, "ask for", "asks for"), want) {
			t.Errorf("%q: %q does not say %q", code, got, want)
		}
	}
}

// TestCheckUSCCFindsEverySlip: one character changed, or two neighbours swapped, is always found.
func TestCheckUSCCFindsEverySlip(t *testing.T) {
	const good, alphabet = "91350100M000100Y43", "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for i := range good {
		for _, r := range alphabet {
			if bad := good[:i] + string(r) + good[i+1:]; bad != good && zhuanhua.CheckUSCC(bad) == "" {
				t.Errorf("%s passes", bad)
			}
		}
		if i > 0 && good[i] != good[i-1] {
			if bad := good[:i-1] + string(good[i]) + string(good[i-1]) + good[i+1:]; zhuanhua.CheckUSCC(bad) == "" {
				t.Errorf("%s passes", bad)
			}
		}
	}
}
