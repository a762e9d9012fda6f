package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"zhuanhua"
)

// compiledRule is a rule with its expressions ready to evaluate.
type compiledRule struct {
	validity   zhuanhua.Period // the rule's own within the plan's
	holds      Text            // the validity in words
	kinds      kinds
	conditions []*compiledExpr
	steps      []*compiledStep // in the order in which they can be computed
}

// compiledStep is a step of a calculation, ready to evaluate.
type compiledStep struct {
	*Step
	*compiledExpr
	words Text // what it computes, in words; zero where that depends on a parameter
}

// compiledExpr is one expression: the program, its tree for words and distances, and what it uses.
type compiledExpr struct {
	// The program answers; the tree is kept because words, figures and distances are read off the very
	// expression that decides.
	program cel.Program
	tree    ast.Expr
	facts   []*Fact
	params  []*Parameter
	steps   []string
}

// compiler compiles the expressions of one rule.
type compiler struct {
	pack   *Pack
	rule   *Rule
	kinds  kinds
	env    *cel.Env
	faults *faultList
	names  map[string]bool
}

// compile compiles all rules of a checked pack.
func compile(p *Pack, faults *faultList) {
	k := celKinds()
	base, err := p.newEnv(k)
	if err != nil {
		faults.add(Pos{File: p.ID}, say("公式环境无法建立："+err.Error(), "the language of formulas cannot be set up: "+err.Error()), Text{})
		return
	}
	for _, r := range append(p.ladderRules(), p.Rules...) {
		c := &compiler{pack: p, rule: r, kinds: k, faults: faults, names: map[string]bool{"on": true}}
		c.compile(base)
	}
}

// compile declares what the rule may use and compiles its expressions. Variables are the rule's own facts,
// parameters and steps: a fact that is not listed cannot be used, so the list is what people are asked.
func (c *compiler) compile(base *cel.Env) {
	var variables []cel.EnvOption
	declare := func(name string, t *cel.Type, at Pos) {
		if c.names[name] || reservedWords[name] {
			c.faults.add(at, say("名称 "+name+" 已被占用", "the name "+name+" is taken"), say("换一个名称", "choose another name"))
			return
		}
		c.names[name] = true
		variables = append(variables, cel.Variable(name, t))
	}
	for _, f := range c.rule.Facts {
		if fact := c.pack.Fact(f.ID); fact != nil {
			declare(f.ID, c.kinds.typeOf(fact.Type), f.At)
		}
	}
	for _, p := range c.rule.Parameters {
		declare(p.Name, c.kinds.typeOf(p.Type), p.At)
	}
	if c.rule.Amount != nil {
		for _, s := range c.rule.Amount.Steps {
			declare(s.ID, c.kinds.money, s.At)
		}
	}
	// Extending costs a fraction of building an environment anew, which counts with hundreds of loads in tests.
	env, err := base.Extend(variables...)
	if err != nil {
		c.faults.add(c.rule.At, say("规则的变量无法声明："+err.Error(), "the rule's variables cannot be declared: "+err.Error()), say("检查事实、参数和步骤的名称", "check the names of facts, parameters and steps"))
		return
	}
	c.env = env
	v := c.pack.Validity(c.rule)
	out := &compiledRule{kinds: c.kinds, validity: v, holds: say(v.From.String()+" 至 "+v.To.String(), v.From.String()+" to "+v.To.String())}
	for _, x := range c.rule.Conditions {
		e := c.expr(x.When, cel.BoolType)
		// Steps are computed once a case is eligible; a condition that needed one would go in a circle.
		if e != nil && len(e.steps) > 0 {
			c.faults.add(x.When.At, say("条件不能用计算步骤 "+e.steps[0], "a condition cannot use the step "+e.steps[0]), say("只用事实和参数", "use facts and parameters only"))
		}
		out.conditions = append(out.conditions, e)
	}
	if c.rule.Amount != nil {
		out.steps = c.steps(c.rule.Amount.Steps)
	}
	c.unused(out)
	c.rule.compiled = out
}

// unused refuses facts and parameters that nothing looks at: people would be asked in vain, and a
// figure would seem to count that does not. A choice of one word waits for others; a rule without an
// amount keeps figures that other rules will use.
func (c *compiler) unused(r *compiledRule) {
	// Bounds are applied by the engine and named in no expression.
	used := map[string]bool{c.rule.Cap.ID: true, c.rule.Floor.ID: true, c.rule.Years.ID: true}
	for _, e := range r.expressions() {
		for _, f := range e.facts {
			used[f.ID] = true
		}
		for _, p := range e.params {
			used[p.Name] = true
		}
	}
	// Only a sound rule can be said not to use something.
	if len(c.faults.all) > 0 {
		return // what did not compile may be what uses it
	}
	do := say("用在条件或计算里，或删去", "use it in a condition or a step, or remove it")
	for _, f := range c.rule.Facts {
		if !used[f.ID] {
			c.faults.add(f.At, say("没有条件或步骤用到事实 "+f.ID, "nothing uses the fact "+f.ID), do)
		}
	}
	for _, p := range c.rule.Parameters {
		if !used[p.Name] && len(p.Choices) != 1 && c.rule.Amount != nil {
			c.faults.add(p.At, say("没有条件或步骤用到参数 "+p.Name, "nothing uses the parameter "+p.Name), do)
		}
	}
}

// expressions lists the expressions of a rule that compiled.
func (r *compiledRule) expressions() []*compiledExpr {
	var out []*compiledExpr
	for _, e := range r.conditions {
		if e != nil {
			out = append(out, e)
		}
	}
	for _, s := range r.steps {
		out = append(out, s.compiledExpr)
	}
	return out
}

// reservedWords are names that expressions cannot use.
// A parameter called "in" would be declared and could never be used.
var reservedWords = map[string]bool{"true": true, "false": true, "null": true, "in": true, "as": true, "break": true, "const": true, "continue": true, "else": true, "for": true, "function": true, "if": true, "import": true, "let": true, "loop": true, "namespace": true, "package": true, "return": true, "var": true, "void": true, "while": true}

// steps compiles the steps and orders them so that each comes after those it uses; a circle is refused.
func (c *compiler) steps(steps []*Step) []*compiledStep {
	// Whoever writes a rule may name the steps in the order of their thoughts; the trace shows them in the
	// order in which they are computed.
	byID := map[string]*compiledStep{}
	for _, s := range steps {
		if e := c.expr(s.Value, c.kinds.money); e != nil {
			byID[s.ID] = &compiledStep{s, e, c.words(e.tree)}
		}
	}
	var out []*compiledStep
	// A walk in depth: a step is placed once all that it uses have been; one that is met again on its own way
	// is part of a circle.
	state := map[string]int{} // 1 being visited, 2 done
	var visit func(id string, path []string)
	visit = func(id string, path []string) {
		s := byID[id]
		path = append(path, id)
		switch {
		case s == nil || state[id] == 2:
			return
		case state[id] == 1:
			c.faults.add(s.Value.At, say("步骤互相引用："+strings.Join(path, " → "), "the steps refer to each other in a circle: "+strings.Join(path, " → ")), say("让每一步只用前面的步骤", "let each step use earlier ones only"))
			state[id] = 2
			return
		}
		state[id] = 1
		for _, used := range s.steps {
			visit(used, path)
		}
		if state[id] == 1 {
			state[id] = 2
			out = append(out, s)
		}
	}
	for _, s := range steps {
		visit(s.ID, nil)
	}
	return c.last(steps, out)
}

// words are the words of a step that are the same in every answer.
func (c *compiler) words(tree ast.Expr) Text {
	if hasChoice(tree) {
		return Text{}
	}
	return (&evaluation{pack: c.pack, rule: c.rule}).words(tree)
}

// hasChoice reports whether an expression chooses between branches.
func hasChoice(x ast.Expr) bool {
	return x.Kind() == ast.CallKind && (x.AsCall().FunctionName() == "_?_:_" || slices.ContainsFunc(x.AsCall().Args(), hasChoice))
}

// last refuses steps that the last one does not need, and puts the last one last.
func (c *compiler) last(steps []*Step, ordered []*compiledStep) []*compiledStep {
	if len(ordered) != len(steps) {
		return ordered // some are refused already
	}
	// The result is the last step as written, so whatever does not lead to it is a slip, such as a reduction
	// that somebody computes and forgets to subtract.
	used := map[string]bool{steps[len(steps)-1].ID: true}
	for _, s := range slices.Backward(ordered) {
		for _, u := range s.steps {
			used[u] = used[u] || used[s.ID]
		}
	}
	for _, s := range steps {
		if !used[s.ID] {
			c.faults.add(s.At, say("步骤 "+s.ID+" 的结果没有用到", "nothing uses the step "+s.ID), say("最后一步的结果就是金额", "the last step is the amount"))
		}
	}
	return ordered
}

// expr compiles one expression; nil (with faults) when it is not sound.
func (c *compiler) expr(x Expr, want *cel.Type) *compiledExpr {
	if c.tooLong(x) {
		return nil
	}
	checked, issues := c.env.Compile(x.Code)
	if issues != nil && issues.Err() != nil {
		for _, e := range issues.Errors() {
			c.refuse(x, e.Location.Line(), e.Location.Column(), e.Message)
		}
		return nil
	}
	// Exactly the type: CEL would take dyn for anything.
	if !checked.OutputType().IsExactType(want) {
		c.faults.add(x.At, say(fmt.Sprintf("结果的类型是 %s，应为 %s", checked.OutputType(), want), fmt.Sprintf("the result is of type %s and should be %s", checked.OutputType(), want)), say("检查公式", "check the formula"))
		return nil
	}
	out := &compiledExpr{tree: checked.NativeRep().Expr()}
	// What type checking cannot know: numbers without a name, words that are no code.
	if w := (&treeWalk{c: c, x: x, out: out, types: checked.NativeRep()}); !w.walk(out.tree) {
		return nil
	}
	if estimate, err := c.env.EstimateCost(checked, bounded{}); err != nil || estimate.Max > maxExprCost {
		c.faults.add(x.At, say("公式的计算量太大", "the formula costs too much"), say("把它拆成几步", "split it into steps"))
		return nil
	}
	program, err := c.env.Program(checked) // nothing loops, so the estimate bounds every evaluation
	if err != nil {
		c.faults.add(x.At, say("公式无法使用："+err.Error(), "the formula cannot be used: "+err.Error()), say("检查公式", "check the formula"))
		return nil
	}
	out.program = program
	return out
}

// tooLong refuses by length before the parser sees anything. What is empty has been refused on reading.
func (c *compiler) tooLong(x Expr) bool {
	if len(x.Code) <= maxExprBytes {
		return x.Code == ""
	}
	c.faults.add(x.At, say(fmt.Sprintf("公式长 %d 字节", len(x.Code)), fmt.Sprintf("the formula is %d bytes long", len(x.Code))), say(fmt.Sprintf("最多 %d 字节，请拆成几步", maxExprBytes), fmt.Sprintf("at most %d bytes, split it into steps", maxExprBytes)))
	return true
}

// undeclared is how the compiler speaks of a name that it does not know.
var undeclared = regexp.MustCompile(`undeclared reference to '([^']*)'`)

// refuse turns what the compiler says into a fault; an unknown name gets a suggestion.
func (c *compiler) refuse(x Expr, line, column int, message string) {
	// The compiler counts from the beginning of the expression; people look for it in the file. A folded
	// expression reaches here as one line, and its first line is the nearest that is certain.
	at := x.At
	if line <= 1 {
		at.Column += column
	} else {
		at.Line += line - 1
	}
	do := say("检查公式的写法和类型", "check how the formula is written and its types")
	what := say("公式有误："+message, "the formula is wrong: "+message)
	if m := undeclared.FindStringSubmatch(message); m != nil {
		names := append([]string{"min", "max", "inside", "outside", "stated"}, sortedKeys(c.names)...)
		what = say("公式里的 "+m[1]+" 没有定义", m[1]+" in the formula is not defined")
		do = meant(m[1], names)
		if do.IsZero() {
			do = say("只能用本规则的事实、参数、步骤", "use the rule's own facts, parameters and steps")
		}
	}
	c.faults.add(at, what, do)
}

// sortedKeys puts what a map holds into an order that is the same each time: faults and answers must not
// change their order between two runs.
func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// bounded tells the cost estimate that no text here is long.
type bounded struct{}

// EstimateSize is the length of the longest code.
// The words that rules compare are codes, and a code has at most 60 characters (see node.id).
func (bounded) EstimateSize(cost.AstNode) *cost.SizeEstimate {
	return &cost.SizeEstimate{Min: 0, Max: 60}
}

// EstimateCallCost leaves calls to their usual cost.
func (bounded) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// treeWalk notes what an expression uses and refuses what type checking lets through: numbers without
// a name, fractions that are not exact, words that are no code of the list they are compared with.
type treeWalk struct {
	c     *compiler
	x     Expr
	out   *compiledExpr
	types *ast.AST
}

func (w *treeWalk) refuse(what, do Text) bool {
	w.c.faults.add(w.x.At, what, do)
	return false
}

func (w *treeWalk) walk(e ast.Expr) bool {
	// A double could only come from a literal here, and dyn only from a mixed list; both would bring numbers
	// that are not exact, or comparisons that nobody checked.
	if t := w.types.GetType(e.ID()); t == nil || t.Kind() == types.DoubleKind || t.Kind() == types.DynKind {
		return w.refuse(say("公式里有不精确的数", "the formula has a number that is not exact"), say("把数写成参数，如 25 %", "make it a parameter, such as 25 %"))
	}
	switch e.Kind() {
	case ast.IdentKind:
		w.ident(e.AsIdent())
		return true
	case ast.LiteralKind:
		return w.literal(e)
	case ast.ListKind:
		return w.all(e.AsList().Elements())
	case ast.CallKind:
		return w.all(e.AsCall().Args()) && w.codes(e.AsCall())
	}
	return w.refuse(say("公式里有不支持的写法", "the formula uses what rules do not have"), say("只用比较、逻辑、加减乘、min、max", "use comparisons, logic, + - *, min and max"))
}

// all looks at every part even when one is refused: all faults are said at once.
func (w *treeWalk) all(list []ast.Expr) bool {
	ok := true
	for _, e := range list {
		ok = w.walk(e) && ok
	}
	return ok
}

// ident notes what a name stands for. What an expression uses decides which facts are missing, which
// parameters are not set, and in which order steps are computed.
func (w *treeWalk) ident(name string) {
	if f := w.c.pack.Fact(name); f != nil && w.c.rule.Asks(name) {
		if !slices.Contains(w.out.facts, f) {
			w.out.facts = append(w.out.facts, f)
		}
	} else if p := w.c.rule.Parameter(name); p != nil {
		if !slices.Contains(w.out.params, p) {
			w.out.params = append(w.out.params, p)
		}
	} else if name != "on" && !slices.Contains(w.out.steps, name) {
		w.out.steps = append(w.out.steps, name)
	}
}

// literal allows texts, truth, 0 and 1: any other number needs a name and a source, as a parameter.
func (w *treeWalk) literal(e ast.Expr) bool {
	switch v := e.AsLiteral().(type) {
	case types.String, types.Bool:
		return true
	case types.Int:
		if v == 0 || v == 1 {
			return true
		}
		return w.refuse(say(fmt.Sprintf("公式里的数 %d 没有出处", int64(v)), fmt.Sprintf("the number %d in the formula has no source", int64(v))), say("把它写成带出处的参数", "make it a parameter with a source"))
	}
	return w.refuse(say("公式里有不支持的常量", "the formula has a constant that rules do not have"), say("只用文字、true、false、0 和 1", "use words, true, false, 0 and 1 only"))
}

// codes checks words against the list of codes of what they are compared with.
func (w *treeWalk) codes(call ast.CallExpr) bool {
	switch call.FunctionName() {
	case "_==_", "_!=_", "@in":
	default:
		return true
	}
	// Either side may be the fact: 'enterprise' == posed_by says the same.
	allowed := w.codesOf(call.Args()[0])
	words := call.Args()[1]
	if allowed == nil {
		allowed, words = w.codesOf(call.Args()[1]), call.Args()[0]
	}
	if allowed == nil {
		return true
	}
	ok := true
	for _, word := range literals(words) {
		if !slices.Contains(allowed, word) {
			ok = w.refuse(say(fmt.Sprintf("%q 不是可选值", word), fmt.Sprintf("%q is none of the allowed values", word)), meant(word, allowed).or(say("可用的词见 vocabularies.yaml", "vocabularies.yaml lists the words")))
		}
	}
	return ok
}

// codesOf lists the codes that a fact or parameter may have, nil when it has none.
func (w *treeWalk) codesOf(e ast.Expr) []string {
	if e.Kind() != ast.IdentKind {
		return nil
	}
	if f := w.c.pack.Fact(e.AsIdent()); f != nil && f.Type == TypeEnum {
		return w.c.pack.Vocabulary(f.Vocabulary.ID).Codes()
	}
	if p := w.c.rule.Parameter(e.AsIdent()); p != nil && p.Type == TypeEnum {
		return (&Vocabulary{Values: p.Choices}).Codes()
	}
	return nil
}

// literals lists the words in a literal or a list of them.
func literals(e ast.Expr) []string {
	switch e.Kind() {
	case ast.LiteralKind:
		if s, ok := e.AsLiteral().(types.String); ok {
			return []string{string(s)}
		}
	case ast.ListKind:
		var out []string
		for _, x := range e.AsList().Elements() {
			out = append(out, literals(x)...)
		}
		return out
	}
	return nil
}
