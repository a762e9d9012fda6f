// Package book prints a plan as a book for screen and paper, in Chinese and in English: what the
// responsible official reads and signs. It judges nothing; trials and states come from package plan.
package book

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"zhuanhua"
	"zhuanhua/plan"
)

//go:embed *.html
var pages embed.FS

//go:embed book.css
var styleSheet string

// Input is what a book is made of.
type Input struct {
	Pack    *plan.Pack
	Results []plan.TrialResult // of all trials of the pack
	Stories plan.Stories       // what the program's stories prove
}

// edition is the book in one language.
type edition struct {
	lang plan.Lang
	file string
}

// editions are the files of a book; the first is the one to open.
func editions() []edition { return []edition{{plan.ZH, "index.html"}, {plan.EN, "en.html"}} }

// Write makes the book in dir, which is made where it is missing. Nothing is written before both
// languages are complete. It returns the paths written.
func Write(dir string, in Input) ([]string, error) {
	var texts [][]byte
	for _, e := range editions() {
		page, err := HTML(in, e.lang)
		if err != nil {
			return nil, err
		}
		texts = append(texts, page)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, cannotWrite(dir, err)
	}
	var files []string
	for i, e := range editions() {
		name := filepath.Join(dir, e.file)
		if err := replace(name, texts[i]); err != nil {
			return files, cannotWrite(name, err)
		}
		files = append(files, name)
	}
	return files, nil
}

// replace puts a file in place in one step: a reader sees the old book or the new one.
func replace(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".book-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	// A file system without modes (a USB stick) refuses this; the file is good all the same.
	_ = f.Chmod(0o644)
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func cannotWrite(name string, err error) error {
	return zhuanhua.Unavailable(name, "这里不能写入 (this cannot be written)", "检查路径、权限和剩余空间 (check the path, the permission and the space left)", err)
}

// HTML is the book in one language: one page that asks for nothing else, needs no script, and in which
// every text of the plan is escaped. The same plan gives the same bytes.
func HTML(in Input, lang plan.Lang) ([]byte, error) {
	b := &builder{pack: in.Pack, lang: lang, states: in.Pack.States(in.Results, in.Stories)}
	content, err := b.content(in.Results)
	if err != nil {
		return nil, fmt.Errorf("put the book together: %w", err)
	}
	t, err := template.New("book.html").Funcs(b.funcs()).ParseFS(pages, "*.html")
	if err != nil {
		return nil, fmt.Errorf("read the pages of the book: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, content); err != nil {
		return nil, fmt.Errorf("write the book: %w", err)
	}
	return out.Bytes(), nil
}

// head is the policy and the style. The policy names the hashes of exactly these two styles and allows
// no script, whatever the plan brings.
func (b *builder) head() template.HTML {
	line := b.footLine()
	policy := "default-src 'none'; img-src data:; style-src " + hash(styleSheet) + " " + hash(line) + "; base-uri 'none'; form-action 'none'"
	return template.HTML(`<meta http-equiv="Content-Security-Policy" content="` + policy + `">` + "\n<style>" + styleSheet + "</style>\n<style>" + line + "</style>")
}

// footLine is the style that puts plan, version and fingerprint on every printed page: a page that was
// signed can be told from one of another version. It is all that comes from the plan into a style.
func (b *builder) footLine() string {
	text := plain(b.pack.ID) + " · " + plain(b.pack.Version) + " · " + plain(b.pack.Sum[:min(16, len(b.pack.Sum))])
	return `@media print { @page { @bottom-left { content: "` + text + `"; color: #444; font: 8.5pt monospace; } } }`
}

// plain keeps of a name what cannot end a string of a style.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
