package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Bounds of one file. They lie far above any plan and far below what costs anything.
const (
	maxFileBytes = 1 << 20
	maxDepth     = 16
	maxNodes     = 60_000
)

// parseYAML reads one file into nodes and refuses what makes YAML surprising: other encodings, tabs,
// anchors, aliases, tags, merge keys, repeated keys, several documents, and files that are too big or
// too deep. It returns nil when there is nothing to go on with.
func parseYAML(file string, data []byte, l *faultList) *yaml.Node {
	if !plainText(file, data, l) {
		return nil
	}
	doc, err := decodeNode(data)
	if err != nil {
		// The library stops at the first error of a file; other files are read on.
		line := errorLine(err)
		l.add(Pos{file, line, firstColumn(data, line)}, say("不是正确的 YAML："+strings.TrimPrefix(said(err), ": "), "this is not valid YAML: "+strings.TrimPrefix(said(err), ": ")),
			say("检查该行及上一行的缩进、冒号和引号", "look at indentation, colons and quotes on this line and the one above"))
		return nil
	}
	if doc == nil || len(doc.Content) == 0 {
		l.add(Pos{file, 1, 1}, say("文件是空的", "the file is empty"), say("写入内容或删除文件", "fill it in or remove it"))
		return nil
	}
	// The library keeps anchors, tags and repeated keys in its tree: they are refused before anything is read.
	w := yamlWalk{file: file, list: l}
	w.walk(doc.Content[0], 1)
	if w.stop {
		return nil
	}
	return doc.Content[0]
}

// plainText checks what can be said of the bytes alone.
func plainText(file string, data []byte, l *faultList) bool {
	// Bytes have no YAML position yet, so the place is counted here.
	refuse := func(offset int, what, do Text) bool {
		before := data[:offset]
		line := 1 + bytes.Count(before, []byte("\n"))
		column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
		l.add(Pos{file, line, column}, what, do)
		return false
	}
	save := say("请另存为不带 BOM 的 UTF-8", "save the file as UTF-8 without a byte order mark")
	switch {
	// Size first: nothing else should read what is refused for it.
	case len(data) > maxFileBytes:
		return refuse(0, say("文件超过 1 MiB", "the file is larger than 1 MiB"), say("把它分成几个文件", "split it into several files"))
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return refuse(0, say("文件以 BOM 开头", "the file begins with a byte order mark"), save)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return refuse(0, say("文件是 UTF-16 编码", "the file is UTF-16"), save)
	}
	// What cannot be seen can change what is read, and who looks at the file will not find it.
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return refuse(i, say("此处不是 UTF-8（可能是 GBK/GB 18030）", "this is not UTF-8 (GBK or GB 18030, perhaps)"), save)
		case r == '\t':
			return refuse(i, say("此处有制表符", "there is a tab here"), say("用空格代替制表符", "use spaces in place of tabs"))
		case r < ' ' && r != '\n' && r != '\r', r == 0x7f, r == 0xfeff, r == 0x2028, r == 0x2029, r == 0x85:
			return refuse(i, say(fmt.Sprintf("此处有看不见的字符 U+%04X", r), fmt.Sprintf("there is an invisible character U+%04X here", r)), say("删去它", "remove it"))
		}
		i += n
	}
	return true
}

// decodeNode reads the only document of a file. A parser that fails in a way of its own is an error
// of the file too.
func decodeNode(data []byte) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("%v", r)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	doc = &yaml.Node{}
	if err := d.Decode(doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	// A second document would be ignored silently by whoever reads one.
	var second yaml.Node
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: a second document begins here", max(second.Line, 1))
	}
	return doc, nil
}

var (
	lineOfError = regexp.MustCompile(`line (\d+)`)
	// The library counts lines from 0 in what its parser says, and from 1 in what its scanner says.
	saidByParser = regexp.MustCompile(`did not find expected (?:node content|key|',' or|'-' indicator|<)`)
)

// errorLine finds the line in what the library says; it has no field for it.
func errorLine(err error) int {
	m := lineOfError.FindStringSubmatch(err.Error())
	if m == nil {
		return 1
	}
	n, _ := strconv.Atoi(m[1]) // digits only; what is too large for an int is no line either
	// Off by one line is worse than no line: people look there and find nothing wrong.
	if saidByParser.MatchString(err.Error()) {
		n++
	}
	return max(n, 1)
}

// said is what the library says without its own name and line.
func said(err error) string {
	return lineOfError.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
}

// firstColumn is the column of the first character of a line that is no space.
func firstColumn(data []byte, line int) int {
	lines := strings.SplitN(string(data), "\n", line+1)
	if line > len(lines) {
		return 1
	}
	text := lines[line-1]
	return 1 + len(text) - len(strings.TrimLeft(text, " "))
}

// yamlWalk looks at every node once.
type yamlWalk struct {
	file  string
	list  *faultList
	nodes int
	stop  bool
}

func (w *yamlWalk) refuse(n *yaml.Node, what, do Text) {
	w.list.add(Pos{w.file, n.Line, n.Column}, what, do)
}

// walk looks at a node and those below it, as deep and as many as a plan can need.
func (w *yamlWalk) walk(n *yaml.Node, depth int) {
	w.nodes++
	if w.stop {
		return
	}
	if w.nodes > maxNodes || depth > maxDepth {
		w.stop = true
		w.refuse(n, say("内容过多或嵌套过深", "too many values, or nested too deeply"), say(fmt.Sprintf("最多 %d 个值、%d 层", maxNodes, maxDepth), fmt.Sprintf("at most %d values and %d levels", maxNodes, maxDepth)))
		return
	}
	w.surprises(n)
	if n.Kind == yaml.MappingNode {
		w.keys(n)
	}
	for _, c := range n.Content {
		w.walk(c, depth+1)
	}
}

// surprises refuses what makes a file mean something else than it shows: one place changes another
// (anchors), or a type is forced (tags).
func (w *yamlWalk) surprises(n *yaml.Node) {
	write := say("把内容完整写出来", "write the content out in full")
	switch {
	case n.Kind == yaml.AliasNode:
		w.refuse(n, say("不允许引用（*"+n.Value+"）", "aliases are not allowed (*"+n.Value+")"), write)
	case n.Anchor != "":
		w.refuse(n, say("不允许锚点（&"+n.Anchor+"）", "anchors are not allowed (&"+n.Anchor+")"), write)
	case n.Style&yaml.TaggedStyle != 0:
		w.refuse(n, say("不允许标签（"+n.Tag+"）", "tags are not allowed ("+n.Tag+")"), say("删去标签", "remove the tag"))
	}
}

// keys refuses merge keys, keys that are no words, and keys written twice.
func (w *yamlWalk) keys(n *yaml.Node) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch first, twice := seen[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			w.refuse(k, say("键必须是一个词", "a key must be a word"), say("写成“名称: 内容”", "write it as name: contents"))
		case k.Tag == "!!merge":
			w.refuse(k, say("不允许合并键 <<", "merge keys << are not allowed"), say("把内容完整写出来", "write the content out in full"))
		case twice:
			w.refuse(k, say(fmt.Sprintf("键 %q 重复，第 %d 行已有", k.Value, first), fmt.Sprintf("the key %q is written twice, first on line %d", k.Value, first)), say("删去其中一个", "remove one of them"))
		default:
			seen[k.Value] = k.Line
		}
	}
}
