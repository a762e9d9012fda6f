package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"zhuanhua"
)

// workbook is an xlsx file opened for reading. Sheets are read straight from the zip, in bounded
// memory. excelize only formats numbers (see numberShape): its row iterator ends in silence at a
// damaged part, reads pictures into memory, does not say that a formula was never computed, and
// returns the index of a text in place of the text when the disk for its temporary files is full.
type workbook struct {
	in      *input
	lim     Limits
	parts   map[string]*zip.File // by lower-case name
	sheets  []sheetInfo
	base    string // folder of the workbook part
	texts   string // part with the shared texts
	styles  string // part with the number formats
	strings []string
	shapes  numberShape
	shown   int64 // bytes of text given out, against texts that are referred to a million times
}

type sheetInfo struct {
	name, part string
	hidden     bool
}

// directoryBytes bounds the directory of the zip: archive/zip reads it whole.
const directoryBytes = 8 << 20

// styleBytes bounds the parts that are read whole.
const styleBytes = 16 << 20

const resave = "open it in a spreadsheet program and save it again as .xlsx"

// openWorkbook reads the directory, the list of sheets, the shared texts and the number formats.
func openWorkbook(in *input, lim Limits) (*workbook, error) {
	budget := &budgetReader{r: in.r, left: directoryBytes}
	zr, err := zip.NewReader(budget, in.size)
	if errors.Is(err, errBudget) || err == nil && len(zr.File) > lim.ZipEntries {
		return nil, in.bad(fmt.Sprintf("the archive holds more than %d entries", lim.ZipEntries), resave)
	}
	if err != nil {
		return nil, in.bad("the file is damaged or cut off: its zip directory cannot be read", "get a new copy of it")
	}
	budget.left = math.MaxInt64 // the parts have limits of their own
	w := &workbook{in: in, lim: lim, parts: map[string]*zip.File{}}
	for _, f := range zr.File {
		w.parts[partName(f.Name)] = f
	}
	if err := w.readBook(); err != nil {
		return nil, err
	}
	if err := w.readStrings(); err != nil {
		return nil, err
	}
	return w, w.readStyles()
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

var errBudget = errors.New("read budget spent")

// budgetReader refuses to read more than a number of bytes in all.
type budgetReader struct {
	r    io.ReaderAt
	left int64
}

func (b *budgetReader) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errBudget
	}
	return b.r.ReadAt(p, off)
}

// notWorkbook says what a zip without a workbook is.
func (w *workbook) notWorkbook() error {
	for part, what := range map[string]string{
		"word/document.xml": "a Word document", "ppt/presentation.xml": "a presentation",
		"xl/workbook.bin": "a binary workbook (.xlsb)", "content.xml": "an OpenDocument file (.ods)",
	} {
		if w.parts[part] != nil {
			return w.in.bad("this is "+what+", not an .xlsx workbook", "open it and save the table as .xlsx")
		}
	}
	return w.in.bad("this is a zip archive without a workbook", "unpack it and hand in the csv, xlsx or jsonl file itself")
}

// relations lists the parts that a part refers to.
type relations struct {
	List []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// readBook finds the sheets, in the order of their tabs, and the parts they lie in.
func (w *workbook) readBook() error {
	book := "xl/workbook.xml"
	var rels relations
	if w.parts["_rels/.rels"] != nil {
		if err := w.decode("_rels/.rels", &rels); err != nil {
			return err
		}
		for _, r := range rels.List {
			if strings.HasSuffix(r.Type, "/officeDocument") {
				book = partName(r.Target)
			}
		}
	}
	if w.parts[book] == nil || strings.HasSuffix(book, ".bin") || !strings.HasPrefix(book, "xl/") {
		return w.notWorkbook()
	}
	w.base = path.Dir(book)
	var wb struct {
		Props struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(book, &wb); err != nil {
		return err
	}
	w.shapes.date1904 = wb.Props.Date1904 == "1" || wb.Props.Date1904 == "true"
	rels.List = nil
	if err := w.decode(w.base+"/_rels/"+path.Base(book)+".rels", &rels); err != nil {
		return err
	}
	targets := map[string]string{}
	for _, r := range rels.List {
		switch path.Base(r.Type) {
		case "worksheet":
			targets[r.ID] = w.resolve(r.Target)
		case "sharedStrings":
			w.texts = w.resolve(r.Target)
		case "styles":
			w.styles = w.resolve(r.Target)
		}
	}
	for _, s := range wb.Sheets {
		for _, a := range s.Attrs {
			if part := targets[a.Value]; a.Name.Local == "id" && part != "" {
				w.sheets = append(w.sheets, sheetInfo{name: s.Name, part: part, hidden: s.State != "" && s.State != "visible"})
			}
		}
	}
	if len(w.sheets) == 0 {
		return w.in.bad("the workbook has no sheet with cells", resave)
	}
	return nil
}

func (w *workbook) resolve(target string) string {
	if strings.HasPrefix(target, "/") {
		return partName(target)
	}
	return partName(w.base + "/" + target)
}

// damaged is the error for a part that does not read as it should.
func (w *workbook) damaged(part string, err error) error {
	var known *zhuanhua.Error
	if errors.As(err, &known) {
		return err
	}
	return zhuanhua.Invalid(w.in.name, fmt.Sprintf("the workbook is damaged: its part %s cannot be read (%s)", part, shorten(err.Error())),
		"get a new copy, or "+resave)
}

// open gives the bytes of a part, no more than it declares and no bomb.
func (w *workbook) open(part string, limit int64) (io.ReadCloser, error) {
	f := w.parts[part]
	if f == nil {
		return nil, w.damaged(part, errors.New("it is missing"))
	}
	declared := int64(f.UncompressedSize64)
	packed := int64(f.CompressedSize64)
	switch {
	case f.Flags&1 != 0:
		return nil, w.in.bad("the workbook is protected by a password", "save a copy without a password")
	case declared < 0 || declared > limit || declared > 16<<20 && declared/500 > packed:
		return nil, w.bomb(part, limit)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, w.damaged(part, err)
	}
	return &partReader{ReadCloser: rc, w: w, part: part, left: declared, gap: 8*w.lim.CellRunes + 1<<16}, nil
}

func (w *workbook) bomb(part string, limit int64) error {
	return w.in.bad(fmt.Sprintf("the part %s of the workbook unpacks to an unreasonable size (limit %s)", part, size(limit)),
		"remove empty formatted rows, or divide the table into several files")
}

// partReader stops a part that is longer than it declares, or that holds a piece of XML larger than
// any cell may be: the XML decoder holds each piece in memory.
type partReader struct {
	io.ReadCloser
	w    *workbook
	part string
	left int64
	run  int // bytes since the last <
	gap  int
}

func (p *partReader) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if p.left -= int64(n); p.left < 0 {
		return 0, p.w.bomb(p.part, p.w.lim.UnpackedBytes)
	}
	if last := bytes.LastIndexByte(b[:n], '<'); last >= 0 {
		p.run = n - last
	} else {
		p.run += n
	}
	if p.run > p.gap {
		return 0, p.w.in.bad(fmt.Sprintf("a cell holds more than %d characters", p.w.lim.CellRunes), "shorten the text")
	}
	return n, err
}

// decode reads a small part whole.
func (w *workbook) decode(part string, v any) error {
	rc, err := w.open(part, min(styleBytes, w.lim.UnpackedBytes))
	if err != nil {
		return err
	}
	defer rc.Close()
	if err := xml.NewDecoder(rc).Decode(v); err != nil {
		return w.damaged(part, err)
	}
	if _, err := io.Copy(io.Discard, rc); err != nil { // to the end, where the checksum is compared
		return w.damaged(part, err)
	}
	return nil
}

// maxStrings bounds the shared texts of a workbook; a sheet has room for 17 thousand million, no
// table of records comes near this.
const maxStrings = 20_000_000

// readStrings reads the texts that cells refer to by number.
func (w *workbook) readStrings() error {
	part := w.texts
	if part == "" {
		return nil
	}
	rc, err := w.open(part, w.lim.UnpackedBytes)
	if err != nil {
		return err
	}
	defer rc.Close()
	d := newXMLReader(rc)
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.damaged(part, err)
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "si" {
			s, err := w.richText(d)
			if err != nil {
				return w.damaged(part, err)
			}
			if w.strings = append(w.strings, s); len(w.strings) > maxStrings {
				return w.bomb(part, w.lim.UnpackedBytes)
			}
		}
	}
}

// richText joins the runs of a text up to the end of its element, without phonetic guides.
func (w *workbook) richText(d *xmlReader) (string, error) {
	var text strings.Builder
	depth, guide, in := 0, 0, false
	for {
		tok, err := d.Token()
		if err != nil {
			return "", unexpected(err)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			if depth++; el.Name.Local == "rPh" && guide == 0 {
				guide = depth
			}
			in = el.Name.Local == "t" && guide == 0
		case xml.EndElement:
			if depth == 0 {
				return unescape(text.String()), nil
			}
			if depth == guide {
				guide = 0
			}
			depth--
			in = false
		case xml.CharData:
			if in {
				text.Write(el)
			}
		}
		if text.Len() > 4*w.lim.CellRunes {
			return "", w.in.bad(fmt.Sprintf("a cell holds more than %d characters", w.lim.CellRunes), "shorten the text")
		}
	}
}

// unexpected keeps an end in the middle of an element from passing as the end of the file.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// xmlReader is an XML decoder that refuses deep nesting: the decoder remembers every open element.
type xmlReader struct {
	*xml.Decoder
	depth int
}

// maxDepth is far more than any part of a workbook has.
const maxDepth = 200

func newXMLReader(r io.Reader) *xmlReader { return &xmlReader{Decoder: xml.NewDecoder(r)} }

// Token returns the next token.
func (x *xmlReader) Token() (xml.Token, error) {
	tok, err := x.Decoder.Token()
	switch tok.(type) {
	case xml.StartElement:
		if x.depth++; x.depth > maxDepth {
			return nil, errors.New("its elements are nested too deeply")
		}
	case xml.EndElement:
		x.depth--
	}
	return tok, err
}

// Skip reads to the end of the element whose start was just read.
func (x *xmlReader) Skip() error {
	for open := 1; open > 0; {
		tok, err := x.Token()
		if err != nil {
			return unexpected(err)
		}
		switch tok.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		}
	}
	return nil
}
