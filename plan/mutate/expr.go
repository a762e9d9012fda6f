package mutate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// token is a part of an expression that a mutant changes. The language of rules is small enough that
// its words can be read without its grammar; what a change makes of the grammar, the loader judges.
var token = regexp.MustCompile(`'[^']*'|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|&&|\|\||[<>=!]=|\S`)

// swaps are the operators and functions that people mix up.
var swaps = map[string][]string{
	"<": {"<=", ">"}, "<=": {"<", ">="}, ">": {">=", "<"}, ">=": {">", "<="}, "==": {"!="}, "!=": {"=="},
	"&&": {"||"}, "||": {"&&"}, "!": {""}, "+": {"-"}, "-": {"+"},
	"min": {"max"}, "max": {"min"}, "inside": {"outside"}, "outside": {"inside"},
}

// expression changes every token of an expression, every list of words, and every term.
func (r *ruleEdits) expression(site string, n *yaml.Node, condition bool) {
	code := strings.Join(strings.Fields(n.Value), " ")
	change := func(kind, was, is, to string) {
		r.add(edit{kind, site, was, is, n.Line, setScalar(n, to)})
	}
	for _, span := range token.FindAllStringIndex(code, -1) {
		was := code[span[0]:span[1]]
		// The column tells two places of one word apart.
		for _, to := range r.instead(was) {
			change(kindOfToken(was), was+" (column "+strconv.Itoa(span[0]+1)+")", to, code[:span[0]]+to+code[span[1]:])
		}
	}
	for _, l := range listForm.FindAllStringIndex(code, -1) {
		for _, to := range r.lists(code[l[0]:l[1]]) {
			change("word", code[l[0]:l[1]], to, code[:l[0]]+to+code[l[1]:])
		}
	}
	// A step has no truth to negate.
	if !condition {
		return
	}
	change("condition", "as it is", "negated", "!("+code+")")
	change("condition", "as it is", "true", "true")
	change("condition", "as it is", "false", "false")
	terms, operator := termsOf(code)
	for i := range terms {
		if rest := slices.Delete(slices.Clone(terms), i, i+1); len(rest) > 0 {
			change("condition", "with "+strings.TrimSpace(terms[i]), "without it", strings.Join(rest, operator))
		}
	}
}

// kindOfToken sorts mutants of expressions.
func kindOfToken(was string) string {
	switch {
	case was[0] == '\'':
		return "word"
	case was[0] >= '0' && was[0] <= '9':
		return "number"
	case swaps[was] != nil:
		return "operator"
	}
	return "fact"
}

// instead lists what a token may be mistaken for: another operator, another word of its list, the other
// of the two numbers that an expression may have, another fact of the same type.
func (r *ruleEdits) instead(was string) []string {
	switch {
	case swaps[was] != nil:
		return swaps[was]
	case was == "0":
		return []string{"1"}
	case was == "1":
		return []string{"0"}
	case was[0] == '\'':
		return quoted(r.otherWords(strings.Trim(was, "'")))
	}
	var out []string
	for _, f := range at(r.root, "facts").Content {
		if f.Value != was && r.words.types[was] != "" && r.words.types[f.Value] == r.words.types[was] {
			out = append(out, f.Value)
		}
	}
	return out
}

// otherWords are the other codes of the lists that have a word, those of the rule's choices included.
func (r *ruleEdits) otherWords(word string) []string {
	lists := slices.Clone(r.words.codes)
	parameters := at(r.root, "parameters")
	for i := 1; i < len(parameters.Content); i += 2 {
		lists = append(lists, codesOf(at(parameters.Content[i], "choices")))
	}
	var out []string
	for _, list := range lists {
		if !slices.Contains(list, word) {
			continue
		}
		for _, w := range list {
			if w != word && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// quoted writes words as expressions do.
func quoted(list []string) []string {
	var out []string
	for _, w := range list {
		out = append(out, "'"+w+"'")
	}
	return out
}

// listForm is a list of words.
var listForm = regexp.MustCompile(`\[[^\]]*\]`)

// lists are a list of words with one taken out, and with one put in.
func (r *ruleEdits) lists(list string) []string {
	members := strings.Split(strings.Trim(list, "[]"), ", ")
	var out []string
	write := func(m []string) { out = append(out, "["+strings.Join(m, ", ")+"]") }
	for i := range members {
		if len(members) > 1 {
			write(slices.Delete(slices.Clone(members), i, i+1))
		}
	}
	for _, w := range quoted(r.otherWords(strings.Trim(members[0], "'"))) {
		if !slices.Contains(members, w) {
			write(append(slices.Clone(members), w))
		}
	}
	return out
}

// termsOf splits an expression at its outermost operator of logic.
func termsOf(code string) (terms []string, operator string) {
	for _, op := range []string{" || ", " && "} {
		if parts := splitOutside(code, op); len(parts) > 1 {
			return parts, op
		}
	}
	return nil, ""
}

// splitOutside splits at an operator that stands in no bracket.
func splitOutside(code, op string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(code); i++ {
		switch {
		case strings.ContainsRune("([", rune(code[i])):
			depth++
		case strings.ContainsRune(")]", rune(code[i])):
			depth--
		case depth == 0 && strings.HasPrefix(code[i:], op):
			out = append(out, code[start:i])
			start = i + len(op)
			i = start - 1
		}
	}
	return append(out, code[start:])
}
