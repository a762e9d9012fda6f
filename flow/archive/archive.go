// Package archive writes a case as a package that an archive can keep (归档包): what was asked, what was
// done by whom and when, what was decided and paid, and every file, with a manifest of checksums. It reads
// such a package back to check it. It gathers nothing and decides nothing.
//
// The package follows the four tests of an electronic archive, 真实性 完整性 可用性 安全性 (档案法实施条例
// art. 40, DA/T 70), as far as a file can: content, process and context together, plain formats (JSON, text
// and the files as they were handed in), a checksum for each, and the hashes of the log's events, by which
// the package can be held against the seals of the records that it came from.
package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"zhuanhua"
)

// Format names the layout; a later one gets another name.
const Format = "zhuanhua-case-archive/1"

// Names within a package.
const (
	manifestName = "manifest.json"
	sumsName     = "SHA256SUMS"
	caseName     = "办件.json"
	stepsDir     = "办理记录"
	entriesName  = "台账.json"
	eventsName   = "留痕.json"
	storyName    = "办理过程.txt"
	filesDir     = "附件"
)

// Content is what goes into a package.
type Content struct {
	Case     zhuanhua.Case
	Steps    []zhuanhua.Step
	Entries  []zhuanhua.Entry
	Events   []zhuanhua.Event // of the case, its steps and entries
	Files    []File
	Words    Words
	Archived time.Time
	Example  bool // a rehearsal
}

// File is an attachment of the case.
type File struct {
	SHA256, Name, Type string
	Size               int64
	Open               func() (io.ReadCloser, error)
}

// Words are the names that the plan gives to what the case names by ids.
type Words struct {
	Workflow string
	State    func(id string) string
	Action   func(id string) string
}

// Manifest says what a package holds and where it comes from.
type Manifest struct {
	Format      string    `json:"format"`
	Case        string    `json:"case"`
	Title       string    `json:"title"`
	Workflow    string    `json:"workflow"`
	Plan        string    `json:"plan"`
	PlanVersion string    `json:"plan_version"`
	PlanSum     string    `json:"plan_sha256"`
	Opened      time.Time `json:"opened"`
	Closed      time.Time `json:"closed"`
	Outcome     string    `json:"outcome"`
	Archived    time.Time `json:"archived"`
	Example     bool      `json:"rehearsal,omitempty"`
	LastEvent   int64     `json:"last_event"` // seq and hash in the log, for holding it against a seal
	LastHash    string    `json:"last_event_hash"`
	Files       []Member  `json:"files"`
}

// Member is one file of a package.
type Member struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Type   string `json:"type,omitempty"`
	Name   string `json:"name,omitempty"` // as its giver called it
}

// Write writes the package of a closed case. The same content gives the same bytes.
func Write(w io.Writer, c Content) (Manifest, error) {
	if c.Case.Closed.IsZero() {
		return Manifest{}, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: c.Case.ID, What: "办件尚未办结，不能归档 (the case is not closed yet)", Do: "办结后再归档 (archive it once it is closed)"}
	}
	if len(c.Steps) != c.Case.Steps {
		return Manifest{}, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: c.Case.ID, What: fmt.Sprintf("%d steps of %d are there", len(c.Steps), c.Case.Steps)}
	}
	p := packer{zip: zip.NewWriter(w), at: c.Archived, m: Manifest{Format: Format, Case: c.Case.ID, Title: c.Case.Title,
		Workflow: c.Case.Workflow, Plan: c.Case.Plan, PlanVersion: c.Case.PlanVersion, PlanSum: c.Case.PlanSum,
		Opened: c.Case.Opened, Closed: c.Case.Closed, Outcome: c.Case.Outcome, Archived: c.Archived, Example: c.Example}}
	for _, e := range c.Events {
		if e.Seq > p.m.LastEvent {
			p.m.LastEvent, p.m.LastHash = e.Seq, e.Hash
		}
	}
	p.json(caseName, c.Case)
	for _, s := range c.Steps {
		p.json(fmt.Sprintf("%s/%03d-%s.json", stepsDir, s.N, s.Action), s)
	}
	p.json(entriesName, c.Entries)
	p.json(eventsName, c.Events)
	p.text(storyName, story(c))
	for _, f := range c.Files {
		p.attachment(f)
	}
	return p.m, p.finish()
}

// packer writes members; the first error stays and stops what follows.
type packer struct {
	zip *zip.Writer
	at  time.Time
	m   Manifest
	err error
}

func (p *packer) json(name string, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil && p.err == nil {
		p.err = err
	}
	p.member(Member{Path: name, Type: "application/json"}, &b)
}

func (p *packer) text(name, s string) {
	p.member(Member{Path: name, Type: "text/plain; charset=utf-8"}, strings.NewReader(s))
}

// attachment copies a file in, and refuses it where it is no longer what its hash says.
func (p *packer) attachment(f File) {
	if p.err != nil {
		return
	}
	r, err := f.Open()
	if err != nil {
		p.err = err
		return
	}
	defer r.Close()
	got := p.member(Member{Path: fmt.Sprintf("%s/%s%s", filesDir, f.SHA256, path.Ext(f.Name)), Type: f.Type, Name: f.Name}, r)
	if p.err == nil && got != f.SHA256 {
		p.err = &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: "attachment/" + f.SHA256, What: "附件内容与校验值不符 (the file is not what was handed in)",
			Do: "运行 zhuanhua verify，从备份恢复 (run zhuanhua verify and restore it from a backup)"}
	}
}

// member writes one file and notes its sum.
func (p *packer) member(m Member, r io.Reader) string {
	if p.err != nil {
		return ""
	}
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: m.Path, Method: zip.Deflate, Modified: p.at})
	h := sha256.New()
	if err == nil {
		m.Size, err = io.Copy(io.MultiWriter(w, h), r)
	}
	if err != nil {
		p.err = fmt.Errorf("write %s: %w", m.Path, err)
		return ""
	}
	m.SHA256 = hex.EncodeToString(h.Sum(nil))
	p.m.Files = append(p.m.Files, m)
	return m.SHA256
}

// finish writes the manifest, and the sums once more in the form that sha256sum -c reads.
func (p *packer) finish() error {
	m := p.m
	p.json(manifestName, m)
	var sums strings.Builder
	for _, f := range p.m.Files {
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Path)
	}
	p.text(sumsName, sums.String())
	p.m = m
	return errors.Join(p.err, p.zip.Close())
}

// story is the case for a reader without any program: who did what, when.
func story(c Content) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	day := func(t time.Time) string { return t.In(zhuanhua.Shanghai()).Format("2006-01-02 15:04") }
	if c.Example {
		line("演练，不是正式办件")
	}
	line("办件　　%s", c.Case.ID)
	line("事项　　%s（%s）", c.Case.Title, c.Words.Workflow)
	line("申报单位　%s", c.Case.Organisation)
	line("依据　　方案 %s %s，校验值 %s", c.Case.Plan, c.Case.PlanVersion, c.Case.PlanSum)
	line("办结　　%s，%s", day(c.Case.Closed), c.Words.State(c.Case.State))
	if c.Case.Amount != nil {
		line("金额　　%s 万元", c.Case.Amount.Wan())
	}
	line("")
	for _, s := range c.Steps {
		line("%03d  %s  %s  %s → %s", s.N, day(s.At), s.By, c.Words.Action(s.Action), c.Words.State(s.To))
		if s.Note != "" {
			line("     说明：%s", s.Note)
		}
		for _, r := range s.Reasons {
			line("     %s", r.ZH)
		}
	}
	return b.String()
}

// Check reads a package and reports what is wrong with it, nil for nothing: a member that is missing, more
// than the manifest says, or changed.
func Check(r io.ReaderAt, size int64) (Manifest, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Manifest{}, damaged("这不是归档包 (this is no archive package)", err)
	}
	var m Manifest
	if err := readManifest(z, &m); err != nil {
		return m, err
	}
	if m.Format != Format {
		return m, damaged(fmt.Sprintf("归档包的格式 %q 未知 (unknown format)", m.Format), nil)
	}
	var faults []error
	seen := map[string]bool{manifestName: true, sumsName: true}
	for _, want := range m.Files {
		if seen[want.Path] {
			faults = append(faults, damaged(want.Path+" 列出两次 (is listed twice)", nil))
		}
		seen[want.Path] = true
		if err := checkMember(z, want); err != nil {
			faults = append(faults, err)
		}
	}
	for _, f := range z.File {
		if !seen[f.Name] {
			faults = append(faults, damaged(f.Name+" 不在清单内 (is not in the manifest)", nil))
		}
	}
	if n := len(z.File) - len(m.Files) - 2; n > 0 && len(faults) == 0 {
		faults = append(faults, damaged("有文件重复 (a file is there twice)", nil))
	}
	return m, errors.Join(faults...)
}

func readManifest(z *zip.Reader, m *Manifest) error {
	f, err := z.Open(manifestName)
	if err != nil {
		return damaged("没有清单 manifest.json (there is no manifest)", err)
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(m); err != nil {
		return damaged("清单无法读取 (the manifest cannot be read)", err)
	}
	return nil
}

func checkMember(z *zip.Reader, want Member) error {
	at := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == want.Path })
	if at < 0 {
		return damaged(want.Path+" 缺失 (is missing)", nil)
	}
	r, err := z.File[at].Open()
	if err != nil {
		return damaged(want.Path+" 无法读取 (cannot be read)", err)
	}
	defer r.Close()
	h := sha256.New()
	// One byte more than stated is enough to see that it is more.
	n, err := io.Copy(h, io.LimitReader(r, want.Size+1))
	if err != nil || n != want.Size || hex.EncodeToString(h.Sum(nil)) != want.SHA256 {
		return damaged(want.Path+" 被改动 (was changed)", err)
	}
	return nil
}

func damaged(what string, err error) error {
	return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, What: what, Do: "从原系统重新导出归档包 (write the package again from the records)", Err: err}
}
