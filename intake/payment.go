package intake

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"zhuanhua"
)

// BankReturn is one line of what the bank says of a batch of payments (银行回单).
type BankReturn struct {
	Row    int    // of the file, for messages
	Batch  string // the batch of payments
	N      int    // the line of the batch
	Amount zhuanhua.Money
	Paid   bool   // false: returned
	Reason string // of a return
	On     zhuanhua.Date
}

// The columns of a bank's answer, and the names they go by. The first is what an export of a batch calls it.
var bankColumns = []struct {
	key   string
	names []string
}{
	{"batch", []string{"支付批次", "批次号", "批次", "batch"}},
	{"line", []string{"序号", "行号", "明细序号", "no", "line"}},
	{"amount", []string{"金额(元)", "金额", "交易金额", "amount"}},
	{"result", []string{"处理结果", "结果", "状态", "result"}},
	{"reason", []string{"失败原因", "退回原因", "备注", "reason"}},
	{"date", []string{"处理日期", "日期", "交易日期", "date"}},
}

// Results of a line, as banks write them.
var (
	bankPaid     = []string{"成功", "已支付", "支付成功", "paid"}
	bankReturned = []string{"失败", "退回", "退票", "支付失败", "returned"}
)

// BankReturns reads a bank's answer, csv or xlsx. Lines that nobody has filled in yet are left out. Anything
// that is not clear refuses the file: money is not guessed.
func BankReturns(path string, opt Options) ([]BankReturn, error) {
	opt.Limits = opt.Limits.withDefaults()
	in, err := openInput(path, opt.Limits)
	if err != nil {
		return nil, err
	}
	defer in.close()
	g, err := in.plainGrid(opt)
	if err != nil {
		return nil, err
	}
	defer g.close()
	b := bankFile{in: in, seen: map[string]int{}}
	for {
		row, err := g.next()
		switch {
		case errors.Is(err, io.EOF):
			return b.list, b.complete()
		case err != nil:
			return nil, err
		case row.blank():
		case b.at == nil:
			b.header(row)
		default:
			if err := b.read(row); err != nil {
				return nil, err
			}
		}
	}
}

// plainGrid gives the rows of the first sheet or of a csv file as they stand.
func (in *input) plainGrid(opt Options) (grid, error) {
	f, err := in.sniff()
	if err != nil {
		return nil, err
	}
	if f == formatXLSX {
		w, err := openWorkbook(in, opt.Limits)
		if err != nil {
			return nil, err
		}
		return w.sheet(w.sheets[0])
	}
	if f != formatCSV {
		return nil, in.bad("this is no table", "hand in the bank's answer as csv or xlsx")
	}
	r, err := in.textReader(opt.Encoding, opt.Limits)
	if err != nil {
		return nil, err
	}
	return newCSVGrid(r, in.name, sniffComma(r, achievements, opt.Limits), opt.Limits), nil
}

// bankFile is a bank's answer while it is read.
type bankFile struct {
	in   *input
	at   map[string]int // column by key, once the header was seen
	list []BankReturn
	seen map[string]int // row by batch and line
}

// header takes a row as header where it names what is needed.
func (b *bankFile) header(row gridRow) {
	at := map[string]int{}
	for i, cell := range row.cells {
		name := strings.ReplaceAll(foldRunes(strings.TrimSpace(cell)), " ", "")
		for _, c := range bankColumns {
			for _, n := range c.names {
				if _, taken := at[c.key]; !taken && name == foldRunes(n) {
					at[c.key] = i
				}
			}
		}
	}
	for _, key := range []string{"batch", "line", "amount", "result"} {
		if _, ok := at[key]; !ok {
			return
		}
	}
	b.at = at
}

func (b *bankFile) complete() error {
	if b.at == nil {
		return b.in.bad("缺少表头：支付批次、序号、金额(元)、处理结果 (no header with batch, line, amount and result)",
			"在导出的支付清单上填写处理结果后交回 (fill the results into the exported list of payments)")
	}
	return nil
}

func (b *bankFile) read(row gridRow) error {
	cell := func(key string) string {
		i, ok := b.at[key]
		if !ok || i >= len(row.cells) {
			return ""
		}
		return strings.TrimSpace(strings.TrimPrefix(row.cells[i], "'"))
	}
	bad := func(what, do string) error {
		return zhuanhua.Invalid(fmt.Sprintf("%s, line %d", b.in.name, row.num), what, do)
	}
	if cell("result") == "" || cell("batch") == "" {
		return nil // a line that is not answered yet, a total, a signature
	}
	r := BankReturn{Row: row.num, Batch: cell("batch"), Reason: cell("reason")}
	var err error
	if r.N, err = strconv.Atoi(cell("line")); err != nil || r.N < 1 {
		return bad(fmt.Sprintf("序号 %q 不是整数 (the line is no number)", cell("line")), "写支付清单上的序号 (write the number of the list)")
	}
	var ok bool
	if r.Amount, ok = zhuanhua.ParseMoney(cell("amount")); !ok || r.Amount <= 0 {
		return bad(fmt.Sprintf("金额 %q 无法读取 (the amount cannot be read)", cell("amount")), "写以元为单位的金额，如 1240000.00 (write it in yuan)")
	}
	if r.Paid, ok = bankResult(cell("result")); !ok {
		return bad(fmt.Sprintf("处理结果 %q 不明确 (the result is not clear)", cell("result")), "写“成功”或“失败” (write 成功 or 失败)")
	}
	if s := cell("date"); s != "" {
		if r.On, ok = zhuanhua.ParseDate(s); !ok {
			return bad(fmt.Sprintf("日期 %q 无法读取 (the date cannot be read)", s), "写成 2026-03-01 (write it as 2026-03-01)")
		}
	}
	key := fmt.Sprintf("%s/%d", r.Batch, r.N)
	if first := b.seen[key]; first > 0 {
		return bad(fmt.Sprintf("%s 第 %d 笔在第 %d 行已有结果 (line %d of %s was answered on line %d already)", r.Batch, r.N, first, r.N, r.Batch, first),
			"每笔只留一行 (keep one line each)")
	}
	b.seen[key] = row.num
	b.list = append(b.list, r)
	return nil
}

// bankResult reads a result; false where it is neither.
func bankResult(s string) (paid, ok bool) {
	for _, w := range bankPaid {
		if strings.EqualFold(s, w) {
			return true, true
		}
	}
	for _, w := range bankReturned {
		if strings.EqualFold(s, w) {
			return false, true
		}
	}
	return false, false
}
