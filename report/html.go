package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed report.css
var styleSheet string

//go:embed report.js
var script string

//go:embed report.html
var layout string

// HTML writes the page: one file that asks for nothing else, reads and prints without script, and
// in which every text from the data is escaped.
func HTML(w io.Writer, in Input) error {
	t, err := template.New("report").Parse(layout)
	if err != nil {
		return fmt.Errorf("read the page template: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	data := struct {
		Head template.HTML
		page
	}{head(), newPage(in)}
	if err := t.Execute(out, data); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// head is the policy, the style and the script. It holds nothing from the data: the policy names the
// hashes of exactly these two texts, so a browser runs no other, whatever the data brings.
func head() template.HTML {
	policy := "default-src 'none'; img-src data:; style-src " + hash(styleSheet) + "; script-src " + hash(script) +
		"; base-uri 'none'; form-action 'none'"
	return template.HTML(`<meta http-equiv="Content-Security-Policy" content="` + policy + `">` +
		"\n<style>" + styleSheet + "</style>\n<script>" + script + "</script>")
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
