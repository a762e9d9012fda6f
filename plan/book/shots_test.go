package book_test

import (
	"os"
	"path/filepath"
	"testing"

	"zhuanhua/plan/book"
)

// TestShots writes the books of the embedded packs to look at in a browser when BOOK_SHOTS names a
// folder.
func TestShots(t *testing.T) {
	dir := os.Getenv("BOOK_SHOTS")
	if dir == "" {
		t.Skip("BOOK_SHOTS is not set")
	}
	for _, id := range []string{"guangxi-2025-2027", "example-region"} {
		if _, err := book.Write(filepath.Join(dir, id), input(embedded(t, id))); err != nil {
			t.Fatal(err)
		}
	}
}
