package write

import (
	"fmt"
	"io"
	"math/big"
	"strconv"

	"zhuanhua"
)

// paymentColumns are the columns of a batch of payments; the bank fills in the last three, and
// intake.BankReturns reads them back.
var paymentColumns = []string{"支付批次", "序号", "收款单位", "收款账号", "金额(元)", "办件编号", "期次", "处理结果", "失败原因", "处理日期"}

// Payments writes a batch of payments (支付清单) as csv or xlsx: one line a payment, amounts in yuan with
// two decimals. It returns how many lines there were.
func Payments(w io.Writer, f Format, p zhuanhua.Payment) (int, error) {
	var out rowWriter
	switch f {
	case CSV:
		out = newCSV(w)
	case XLSX:
		var err error
		if out, err = newXLSX(w, "支付清单"); err != nil {
			return 0, err
		}
	default:
		return 0, zhuanhua.Invalid("", fmt.Sprintf("a list of payments is written as csv or xlsx, not as %q", f), "name a file that ends in .csv or .xlsx")
	}
	if err := out.header(paymentColumns); err != nil {
		return 0, err
	}
	for _, l := range p.Lines {
		if err := out.row(paymentLine(p.ID, l)); err != nil {
			return 0, fmt.Errorf("line %d of %s: %w", l.N, p.ID, err)
		}
	}
	return len(p.Lines), out.finish()
}

// Results of a line in the words that are read back.
var paymentResults = map[string]string{"paid": "成功", "returned": "失败"}

func paymentLine(batch string, l zhuanhua.PaymentLine) []value {
	on := ""
	if !l.At.IsZero() && l.State != "ordered" {
		on = l.At.In(zhuanhua.Shanghai()).Format("2006-01-02")
	}
	// The account is a text: as a number a spreadsheet program would round it.
	return []value{{text: batch}, {text: strconv.Itoa(l.N), numeric: true}, {text: l.Name}, {text: l.Account},
		{text: new(big.Rat).SetFrac64(int64(l.Amount), 100).FloatString(2)}, {text: l.Case}, {text: strconv.Itoa(l.Tranche), numeric: true},
		{text: paymentResults[l.State]}, {text: l.Reason}, {text: on}}
}
