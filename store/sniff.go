package store

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"zhuanhua"
)

// Types of content that an extension may promise.
const (
	typeZip   = "application/zip"
	typeOLE   = "application/x-ole-storage" // Word, Excel and WPS files of before 2007
	typeRun   = "application/x-executable"
	typeAge   = "application/age"
	typeOFD   = "application/ofd"
	typeOther = "application/octet-stream"
	typeDocx  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXlsx  = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePptx  = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	typeMacro = "application/vnd.ms-office.macro"
)

// promises is what the content of a file with an extension has to be; an extension that is not here
// promises nothing.
func promises(ext string) []string {
	switch ext {
	case ".pdf":
		return []string{"application/pdf"}
	case ".docx":
		return []string{typeDocx}
	case ".xlsx":
		return []string{typeXlsx}
	case ".pptx":
		return []string{typePptx}
	case ".ofd":
		return []string{typeOFD}
	case ".doc", ".xls", ".ppt", ".wps", ".et", ".dps":
		return []string{typeOLE}
	case ".zip":
		return []string{typeZip}
	case ".png":
		return []string{"image/png"}
	case ".jpg", ".jpeg":
		return []string{"image/jpeg"}
	case ".age":
		return []string{typeAge}
	case ".txt", ".csv", ".json", ".jsonl", ".yaml", ".yml", ".md":
		return []string{"text/plain"}
	}
	return nil
}

// checkType tells the type of a file from its content, and refuses what can run and what is not what
// its name says.
func checkType(f io.ReaderAt, name string, size int64) (string, error) {
	kind := sniff(f, size)
	ext := strings.ToLower(filepath.Ext(name))
	switch want := promises(ext); {
	case kind == typeRun:
		return "", zhuanhua.Invalid(name, "文件内容是可执行程序，不是材料 the content is a program that can be run",
			"hand in the document itself, and have this computer checked if you did not know")
	case kind == typeMacro:
		return "", zhuanhua.Invalid(name, "文件含有宏 the file holds macros", "save it without macros, as .docx or .xlsx")
	case want != nil && !slices.Contains(want, base(kind)):
		return "", zhuanhua.Invalid(name, fmt.Sprintf("文件名以 %s 结尾，内容却是 %s the content is not what the name says", ext, base(kind)),
			"save it again in the form that the name says, or give it the right name")
	}
	return kind, nil
}

// base is a type without its parameters.
func base(kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	return kind
}

// sniff tells a type from the content; of containers it looks at the names of the members.
func sniff(f io.ReaderAt, size int64) string {
	start := make([]byte, min(size, 512))
	n, _ := f.ReadAt(start, 0) // a file that cannot be read has no type
	start = start[:n]
	told := http.DetectContentType(start)
	for _, magic := range []string{"\x7fELF", "#!", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "\x00asm"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return typeRun
		}
	}
	switch {
	case bytes.HasPrefix(start, []byte("MZ")) && !strings.HasPrefix(told, "text/"):
		return typeRun
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return typeOLE
	case bytes.HasPrefix(start, []byte("age-encryption.org/")):
		return typeAge
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return sniffZip(f, size)
	}
	return told
}

// sniffZip tells office files from other containers.
func sniffZip(f io.ReaderAt, size int64) string {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return typeOther // the beginning of a container without its end
	}
	has := map[string]bool{}
	for _, m := range z.File {
		if path.Base(m.Name) == "vbaProject.bin" {
			return typeMacro
		}
		has[m.Name] = true
	}
	switch office := has["[Content_Types].xml"]; {
	case has["META-INF/MANIFEST.MF"]:
		return typeRun // a Java archive
	case office && has["word/document.xml"]:
		return typeDocx
	case office && has["xl/workbook.xml"]:
		return typeXlsx
	case office && has["ppt/presentation.xml"]:
		return typePptx
	case has["OFD.xml"]:
		return typeOFD
	}
	return typeZip
}

// Extension is the extension, without its point, that content of a type goes by: the file's own where
// it promises that type, else the usual one, "" for content that is of no known type.
func Extension(kind, own string) string {
	kind = base(kind)
	if slices.Contains(promises(own), kind) {
		return own[1:]
	}
	for _, ext := range []string{".pdf", ".docx", ".xlsx", ".pptx", ".ofd", ".doc", ".zip", ".png", ".jpg", ".age", ".txt"} {
		if slices.Contains(promises(ext), kind) {
			return ext[1:]
		}
	}
	return ""
}
