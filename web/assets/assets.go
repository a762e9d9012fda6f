// Package assets holds the style sheet, the scripts and the icons of the pages, under names that change
// with their content, and compressed once. What others made (htmx, the icons) is fetched by
// tools/fetch-assets; without it pages still read, search and submit.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

//go:embed css/*.css app.js mark.svg all:files
var files embed.FS

// Prefix is the path below which assets are served.
const Prefix = "/assets/"

// file is one asset in its three forms.
type file struct {
	mime             string
	plain, gzip, brt []byte
}

// Set is all assets, ready to serve.
type Set struct {
	names map[string]string // "app.css" → "app.1a2b3c4d.css"
	files map[string]*file  // by the name with the hash
}

// sheets are the parts of the style sheet in their order: later layers win.
func sheets() []string {
	return []string{"css/tokens.css", "css/base.css", "css/parts.css", "css/shell.css", "css/pages.css", "css/hall.css", "css/print.css"}
}

// Load joins, hashes and compresses the assets.
func Load() (*Set, error) {
	s := &Set{names: map[string]string{}, files: map[string]*file{}}
	var css bytes.Buffer
	for _, name := range sheets() {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		css.Write(b)
	}
	if err := s.add("app.css", squeeze(css.Bytes())); err != nil {
		return nil, err
	}
	for name, from := range map[string]string{"app.js": "app.js", "mark.svg": "mark.svg", "htmx.js": "files/htmx.js", "sprite.svg": "files/sprite.svg"} {
		b, err := files.ReadFile(from)
		if err != nil && strings.HasPrefix(from, "files/") {
			continue // not fetched: the pages go without
		}
		if err != nil {
			return nil, err
		}
		if err := s.add(name, b); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Set) add(name string, content []byte) error {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	f := &file{mime: mimeOf(ext), plain: content}
	var z, b bytes.Buffer
	gz, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return err
	}
	br := brotli.NewWriterLevel(&b, brotli.BestCompression)
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{gz, br} {
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	f.gzip, f.brt = z.Bytes(), b.Bytes()
	s.names[name], s.files[hashed] = hashed, f
	return nil
}

func mimeOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "image/svg+xml"
}

// Has reports whether an asset is there.
func (s *Set) Has(name string) bool { return s.names[name] != "" }

// URL is the address of an asset, "" where it was not fetched.
func (s *Set) URL(name string) string {
	if hashed := s.names[name]; hashed != "" {
		return Prefix + hashed
	}
	return ""
}

// Size is how many bytes an asset takes on the wire at best.
func (s *Set) Size(name string) int {
	if f := s.files[s.names[name]]; f != nil {
		return len(f.brt)
	}
	return 0
}

// Files are the assets as tests look at them: the name without hash and the content.
func (s *Set) Files() fs.FS { return files }

// ServeHTTP answers with the form that the browser takes; a name with a hash never changes.
func (s *Set) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := s.files[strings.TrimPrefix(r.URL.Path, Prefix)]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	switch accept := r.Header.Get("Accept-Encoding"); {
	case strings.Contains(accept, "br"):
		body = f.brt
		h.Set("Content-Encoding", "br")
	case strings.Contains(accept, "gzip"):
		body = f.gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // one who has gone away needs no answer
}

// squeeze takes comments and the blanks at the beginnings of lines out of a style sheet.
func squeeze(css []byte) []byte {
	var out bytes.Buffer
	s := string(css)
	for {
		head, rest, found := strings.Cut(s, "/*")
		for line := range strings.Lines(head) {
			line = strings.TrimSpace(line)
			out.WriteString(line)
			if line != "" && !strings.HasSuffix(line, "{") && !strings.HasSuffix(line, ";") && !strings.HasSuffix(line, "}") && !strings.HasSuffix(line, ",") {
				out.WriteByte(' ')
			}
		}
		if !found {
			return out.Bytes()
		}
		_, s, _ = strings.Cut(rest, "*/")
	}
}
