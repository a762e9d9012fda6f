package classify

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"zhuanhua"
)

func TestRead(t *testing.T) {
	in := "\xef\xbb\xbf" + `{"text":"示例甲","label":"农学"}` + "\r\n\n" +
		`{"id":7,"label":12,"text":"示例乙","more":{"a":[1]}}` + "\n" +
		`{"text":"","label":["G06F"," G06Q ","G06F",-1.5],"group":"示例-1"}` + "\n" +
		`{"text":"示例丙","label":"农学","group":7}` + "\n" + `{"text":"示例丁","label":"农学","group":null}`
	got, err := Read(strings.NewReader(in), "示例.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{"示例甲", []string{"农学"}, ""}, {"示例乙", []string{"12"}, ""}, {"", []string{"G06F", "G06Q", "-1.5"}, "示例-1"},
		{"示例丙", []string{"农学"}, "7"}, {"示例丁", []string{"农学"}, ""},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReadRefuses: every fault is told with its line, and is the giver's to mend.
func TestReadRefuses(t *testing.T) {
	good := `{"text":"示例","label":"甲"}` + "\n"
	for _, c := range []struct{ what, in, want string }{
		{"nothing", "", "示例.jsonl: the file holds no records"},
		{"blank lines", "\n \n", "no records"},
		{"a broken line", good + `{"text":"示例`, "line 2: this is no JSON object"},
		{"a list", good + "\n[1,2]", "line 3: this is no JSON object"},
		{"no label", good + `{"text":"示例"}`, "line 2: the key label is missing"},
		{"no text", `{"label":"甲"}`, "line 1: the key text is missing"},
		{"null text", `{"text":null,"label":"甲"}`, "line 1: the key text is missing"},
		{"text of another kind", `{"text":5,"label":"甲"}`, "line 1: text is not a string"},
		{"null label", `{"text":"示例","label":null}`, "line 1: label is neither"},
		{"true", `{"text":"示例","label":true}`, "line 1: label is neither"},
		{"an object", `{"text":"示例","label":{"a":1}}`, "line 1: label is neither"},
		{"an empty label", `{"text":"示例","label":"  "}`, "line 1: label is empty"},
		{"an empty list", `{"text":"示例","label":[]}`, "line 1: label is an empty list"},
		{"a list of lists", `{"text":"示例","label":[["甲"]]}`, "line 1: label is neither"},
		{"a group of another kind", `{"text":"示例","label":"甲","group":["乙"]}`, "line 1: group is neither"},
		{"a label that is a text", `{"text":"示例","label":"` + strings.Repeat("长", 400) + `"}`, "more than 1,000 bytes"},
	} {
		_, err := Read(strings.NewReader(c.in), "示例.jsonl")
		if err == nil || !strings.Contains(err.Error(), c.want) || zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: got %v, want %q", c.what, err, c.want)
		}
	}
}

// endless gives the same bytes again and again, as a huge file would.
type endless struct {
	unit     string
	at, read int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.unit[e.at]
		e.at = (e.at + 1) % len(e.unit)
	}
	e.read += len(p)
	return len(p), nil
}

func TestReadStopsAtLimits(t *testing.T) {
	line := &endless{unit: "x"}
	_, err := Read(line, "示例.jsonl")
	if err == nil || !strings.Contains(err.Error(), "line 1: the line is longer") || line.read > 33<<20 {
		t.Errorf("a line without end: %v after %d bytes", err, line.read)
	}
	_, err = read(&endless{unit: `{"text":"a","label":1}` + "\n"}, "示例.jsonl", 1000)
	if err == nil || !strings.Contains(err.Error(), "line 1001: the file holds more than 1000 records") {
		t.Errorf("records without end: %v", err)
	}
	_, err = Read(io.MultiReader(strings.NewReader(`{"text":"a","label":1}`), failing{}), "示例.jsonl")
	if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Errorf("a disk that fails: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
