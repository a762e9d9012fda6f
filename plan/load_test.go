package plan_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua/plan"
	"zhuanhua/plans"
)

// copyOf is the embedded pack in memory, for changing.
func copyOf(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	sub, err := fs.Sub(plans.Files, guangxiDir)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(sub, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(sub, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// change replaces the first occurrence of old in a file; it fails when there is none.
func change(t testing.TB, files fstest.MapFS, file, old, new string) {
	t.Helper()
	f := files[file]
	if f == nil || !bytes.Contains(f.Data, []byte(old)) {
		t.Fatalf("%s has no %q", file, old)
	}
	files[file] = &fstest.MapFile{Data: bytes.Replace(f.Data, []byte(old), []byte(new), 1)}
}

// lineOf is the line of the first occurrence of text in a file, from 1.
func lineOf(files fstest.MapFS, file, text string) int {
	before, _, _ := strings.Cut(string(files[file].Data), text)
	return 1 + strings.Count(before, "\n")
}

func load(files fs.FS) (*plan.Pack, error) {
	return plan.Load(files, guangxiDir, plan.Options{Regions: regions{}})
}

// TestAllFaultsAtOnce: who mends a pack sees every fault, not one a run.
func TestAllFaultsAtOnce(t *testing.T) {
	files := copyOf(t)
	change(t, files, "incentives/R07.yaml", "beneficiary:", "benefciary:")
	change(t, files, "incentives/R04.yaml", "value: 25 %", "value: 125 %")
	change(t, files, "targets.yaml", "wording: strive", "wording: strove")
	_, err := load(files)
	faults, ok := err.(plan.Faults)
	if !ok {
		t.Fatal("accepted")
	}
	for _, file := range []string{"incentives/R07.yaml", "incentives/R04.yaml", "targets.yaml"} {
		if !strings.Contains(faultText(faults), file) {
			t.Errorf("nothing said of %s in:\n%s", file, faultText(faults))
		}
	}
	for i := 1; i < len(faults); i++ {
		if faults[i-1].File > faults[i].File {
			t.Errorf("not in order of place: %v before %v", faults[i-1], faults[i])
		}
	}
}

func faultText(faults plan.Faults) string {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// TestFiles: what belongs to no part of a pack, what is missing, and what is no text is refused.
func TestFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(fstest.MapFS)
		says string
	}{
		{"a file of another sort", func(m fstest.MapFS) { m["notes.txt"] = &fstest.MapFile{Data: []byte("x")} }, "notes.txt: 方案包里没有这样的文件"},
		{"a folder of another sort", func(m fstest.MapFS) { m["measures/old/M01.yaml"] = m["measures/M01.yaml"] }, "measures/old/M01.yaml"},
		{"no facts", func(m fstest.MapFS) { delete(m, "facts.yaml") }, "缺少文件 facts.yaml"},
		{"an empty file", func(m fstest.MapFS) { m["targets.yaml"] = &fstest.MapFile{} }, "文件是空的"},
		{"two megabytes", func(m fstest.MapFS) { prefix(m, "targets.yaml", strings.Repeat("# x\n", 500_000)) }, "1 MiB"},
		{"a deep nest", func(m fstest.MapFS) {
			m["targets.yaml"] = &fstest.MapFile{Data: []byte(strings.Repeat("[", 5000) + strings.Repeat("]", 5000))}
		}, "嵌套过深"},
		{"too many values", func(m fstest.MapFS) {
			m["targets.yaml"] = &fstest.MapFile{Data: []byte("[" + strings.Repeat("a,", 100_000) + "a]")}
		}, "内容过多"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := copyOf(t)
			c.do(files)
			_, err := load(files)
			if faults, ok := err.(plan.Faults); !ok || !strings.Contains(faultText(faults), c.says) {
				t.Errorf("should say %q and says %v", c.says, err)
			}
		})
	}
}

func prefix(m fstest.MapFS, file, text string) {
	m[file] = &fstest.MapFile{Data: append([]byte(text), m[file].Data...)}
}

// bomb doubles itself twenty times when aliases are expanded.
func bomb() string {
	b := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 20; i++ {
		n := strings.Repeat("*a"+string(rune('a'+i-1))+", ", 10)
		b += "a" + string(rune('a'+i)) + ": &a" + string(rune('a'+i)) + " [" + n + "x]\n"
	}
	return strings.ReplaceAll(b, "*aa,", "*a0,")
}

// TestLoadTwiceIsTheSame: the checksum names the contents, and nothing else.
func TestLoadTwiceIsTheSame(t *testing.T) {
	a, b := guangxi(t), guangxi(t)
	if a.Sum != b.Sum || len(a.Sum) != 64 {
		t.Errorf("checksums %s and %s", a.Sum, b.Sum)
	}
	files := copyOf(t)
	change(t, files, "incentives/R04.yaml", "value: 25 %", "value: 26 %")
	p, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	if p.Sum == a.Sum {
		t.Error("a changed rate leaves the checksum as it was")
	}
}
