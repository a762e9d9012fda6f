package report

import (
	"os"
	"path/filepath"
	"testing"
)

// TestShots writes reports to look at in a browser when REPORT_SHOTS names a folder.
func TestShots(t *testing.T) {
	dir := os.Getenv("REPORT_SHOTS")
	if dir == "" {
		t.Skip("REPORT_SHOTS is not set")
	}
	empty := sample()
	empty.Results, empty.Example = nil, false
	for name, in := range map[string]Input{"sample": sample(), "large": large(500, 10), "empty": empty} {
		if _, err := Write(filepath.Join(dir, name), in); err != nil {
			t.Fatal(err)
		}
	}
}
