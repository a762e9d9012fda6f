package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"zhuanhua"
)

// Options are what the program hands to a pack.
type Options struct {
	Regions Regions // the table of regions; without it only their form is checked
}

// maxFiles bounds the files of a pack.
const maxFiles = 1000

// Load reads and checks a pack. name is the folder as the user knows it: faults name files below it.
// All faults are reported together, as Faults.
func Load(files fs.FS, name string, o Options) (*Pack, error) {
	l := &loader{files: files, name: name, pack: &Pack{regions: o.Regions}}
	l.load()
	// Checking looks things up, and lookups in what was not read would only repeat the same faults.
	if len(l.faults.all) == 0 {
		check(l.pack, &l.faults)
	}
	if len(l.faults.all) > 0 {
		return nil, l.faults.all.sort()
	}
	return l.pack, nil
}

// loader reads the files of one pack.
type loader struct {
	files  fs.FS
	name   string
	pack   *Pack
	faults faultList
	paths  []string
}

// load reads the files in an order in which what a file names has been read before it.
func (l *loader) load() {
	if !l.list() {
		return
	}
	l.sum()
	// Words before facts, facts before rules, rules before trials: what a file names has been read by then.
	for _, f := range []struct {
		path   string
		needed bool
		read   func(node)
	}{
		{"plan.yaml", true, l.readPlan},
		{"departments.yaml", true, l.readDepartments},
		{"vocabularies.yaml", true, l.readVocabularies},
		{"facts.yaml", true, l.readFacts},
		{"targets.yaml", false, l.readTargets},
		{"stacking.yaml", false, l.readStacking},
		{"measures/", false, l.readMeasure},
		{"calendar.yaml", false, l.readCalendar},
		{"incentives/", false, l.readRule},
		{"forms/", false, l.readForm},
		{"registers/", false, l.readRegister},
		{"workflows/", false, l.readWorkflow},
		{"trials/", false, l.readTrials},
	} {
		l.read(f.path, f.needed, f.read)
	}
}

// read reads one file, or all files of a folder.
func (l *loader) read(file string, needed bool, read func(node)) {
	if strings.HasSuffix(file, "/") {
		for _, p := range l.paths {
			if strings.HasPrefix(p, file) {
				l.readFile(p, read)
			}
		}
		return
	}
	if slices.Contains(l.paths, file) {
		l.readFile(file, read)
	} else if needed {
		l.faults.add(Pos{File: path.Join(l.name, file)}, say("缺少文件 "+file, "the file "+file+" is missing"), say("补上该文件", "add the file"))
	}
}

// readFile reads one file. A file that is refused leaves the others to be read: all faults at once.
func (l *loader) readFile(file string, read func(node)) {
	shown := path.Join(l.name, file)
	data, err := fs.ReadFile(l.files, file)
	if err != nil {
		l.faults.add(Pos{File: shown}, say("无法读取："+err.Error(), "cannot be read: "+err.Error()), say("检查文件的权限", "check the file's permission"))
		return
	}
	if y := parseYAML(shown, data, &l.faults); y != nil {
		read(node{shown, y, &l.faults})
	}
}

// list finds the files and refuses those that belong to no part of a pack.
func (l *loader) list() bool {
	err := fs.WalkDir(l.files, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case len(l.paths) >= maxFiles:
			return fmt.Errorf("more than %d files", maxFiles)
		// A link could lead out of the pack, and its target could change without the checksum.
		case !d.Type().IsRegular() || !expectedFile(p):
			l.faults.add(Pos{File: path.Join(l.name, p)}, say("方案包里没有这样的文件", "a plan has no such file"),
				say("文件应是 "+strings.Join(packFiles(), "、")+" 或 "+strings.Join(packFolders(), "、")+" 下的 .yaml",
					"files are "+strings.Join(packFiles(), ", ")+" and .yaml files in "+strings.Join(packFolders(), ", ")))
			return nil
		}
		l.paths = append(l.paths, p)
		return nil
	})
	if err != nil {
		l.faults.add(Pos{File: l.name}, say("无法读取方案包："+err.Error(), "the plan cannot be read: "+err.Error()), say("检查文件夹名称", "check the name of the folder"))
	}
	return err == nil
}

// expectedFile reports whether a pack has such a file. Others are refused: a file that nobody reads, such
// as incentive/R13.yaml, looks as if it held.
func expectedFile(p string) bool {
	dir := path.Dir(p)
	return dir == "." && slices.Contains(packFiles(), p) || slices.Contains(packFolders(), dir) && path.Ext(p) == ".yaml"
}

// packFiles are the files of a pack.
func packFiles() []string {
	return []string{"plan.yaml", "departments.yaml", "vocabularies.yaml", "facts.yaml", "targets.yaml", "stacking.yaml", "calendar.yaml"}
}

// packFolders are the folders of a pack.
func packFolders() []string {
	return []string{"measures", "incentives", "forms", "registers", "workflows", "trials"}
}

// Sum is the checksum of a pack's files, as Pack.Sum of what Load reads. Files that are no part of a pack are an
// error.
func Sum(files fs.FS) (string, error) {
	l := &loader{files: files, pack: &Pack{}}
	if l.list(); len(l.faults.all) > 0 {
		return "", l.faults.all
	}
	l.sum()
	return l.pack.Sum, nil
}

// sum is the checksum over names and contents of all files.
func (l *loader) sum() {
	// Names and lengths go in too, so that no two packs share a sum by moving text between files.
	h := sha256.New()
	for _, p := range l.paths {
		data, _ := fs.ReadFile(l.files, p) // a file that cannot be read is a fault later on
		fmt.Fprintf(h, "%s %d\n", p, len(data))
		h.Write(data)
	}
	l.pack.Sum = hex.EncodeToString(h.Sum(nil))
}

// readPlan reads plan.yaml.
func (l *loader) readPlan(n node) {
	p := l.pack
	n.object(
		must("plan", func(v node) { p.ID = v.id() }),
		must("version", func(v node) { p.Version = v.id() }),
		may("replaces", func(v node) { p.Replaces = v.id() }),
		may("example", func(v node) { p.Example = v.flag() }),
		must("title", func(v node) { p.Title = v.text() }),
		must("issuer", func(v node) { p.Issuer = v.text() }),
		must("dated", func(v node) { p.Dated = v.date() }),
		must("valid", l.readValid),
		must("region", func(v node) { p.Region = v.division(p) }),
		must("documents", func(v node) { v.each(l.readDocument) }),
		must("legal_bases", func(v node) { p.LegalBases = v.refs() }),
		// The one way there is; it is written down so that the owner of the plan has said so.
		must("rounding", func(v node) { v.choice("down") }),
		must("stacking", func(v node) {
			v.object(
				must("default", func(v node) { p.Stacking.Default = v.choice("allow", "refuse", "flag") }),
				must("note", func(v node) { p.Stacking.Note = v.text() }),
				must("not_set", func(v node) { p.Stacking.NotSet = v.notSet() }))
		}),
		may("items", func(v node) { v.items(func(v node) { p.Items = append(p.Items, v.item()) }) }))
}

// readValid reads the days on which the plan holds. They need a source like every figure.
func (l *loader) readValid(n node) {
	n.object(
		must("from", func(v node) { l.pack.Valid.From = v.date() }),
		must("to", func(v node) { l.pack.Valid.To = v.date() }),
		must("source", func(v node) { l.pack.ValidSource = v.source() }))
	n.forward(l.pack.Valid)
}

// forward refuses a period that ends before it begins.
func (n node) forward(p zhuanhua.Period) {
	if !p.To.IsZero() && p.To.Before(p.From) {
		n.fault(say(fmt.Sprintf("期间 %s 至 %s 颠倒", p.From, p.To), fmt.Sprintf("the period %s to %s runs backwards", p.From, p.To)), say("对调起止日期", "swap its ends"))
	}
}

// division reads the code of the plan's region. It has to exist, except in an invented plan.
func (n node) division(p *Pack) zhuanhua.Region {
	s, ok := n.scalar()
	if !ok {
		return ""
	}
	// Six digits: a country has no plan of this sort, and a name may mean several places.
	r := zhuanhua.Region(s)
	if len(s) == 6 && (knownRegion(p.regions, r) || p.Example && r.Valid()) {
		return r
	}
	do := say("写 6 位行政区划代码（GB/T 2260），如 450000", "write the six digits of GB/T 2260, such as 450000")
	if p.regions != nil {
		if code, ok := p.regions.RegionOf(s); ok && len(code) == 6 {
			do = say("是不是 "+string(code)+"？", "did you mean "+string(code)+"?")
		}
	}
	n.fault(say(fmt.Sprintf("地区 %q 不明确", s), fmt.Sprintf("the region %q is not clear", s)), do)
	return ""
}

// readDocument reads something that values are taken from, and how sure its bibliographic data are.
func (l *loader) readDocument(key, n node) {
	d := &Document{ID: key.id(), At: key.pos()}
	n.object(
		must("title", func(v node) { d.Title = v.text() }),
		may("issuer", func(v node) { d.Issuer = v.text() }),
		may("number", func(v node) { d.Number, _ = v.scalar() }),
		may("dated", func(v node) { d.Dated = v.date() }),
		may("note", func(v node) { d.Note = v.text() }),
		may("amends", func(v node) { d.Amends = v.refs() }),
		must("confidence", func(v node) { d.Confidence = v.choice("sure", "likely", "unsure") }))
	l.pack.Documents = append(l.pack.Documents, d)
}
