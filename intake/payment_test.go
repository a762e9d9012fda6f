package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhuanhua"
)

func bankFileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "回单.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBankReturns: other orders of columns, titles above the header, unanswered lines and totals.
func TestBankReturns(t *testing.T) {
	list, err := BankReturns(bankFileOf(t, "示例银行回单,,,,\n\n处理结果,金额（元）,批次号,序号,退回原因\n"+
		"支付成功,\"1,240,000.00\",P-2026-0001,1,\n退票,0.05,P-2026-0001,2,账号不存在\n,7.00,P-2026-0001,3,\n,1240007.05,,合计,\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []BankReturn{{Row: 4, Batch: "P-2026-0001", N: 1, Amount: 124_000_000, Paid: true}, {Row: 5, Batch: "P-2026-0001", N: 2, Amount: 5, Reason: "账号不存在"}}
	if len(list) != 2 || list[0] != want[0] || list[1] != want[1] {
		t.Errorf("read %+v", list)
	}
}

// TestBankReturnsRefused: money is not guessed.
func TestBankReturnsRefused(t *testing.T) {
	const header = "支付批次,序号,金额(元),处理结果,处理日期\n"
	for name, x := range map[string]struct{ text, want string }{
		"no header":       {"甲,乙\n1,2\n", "no header"},
		"line no number":  {header + "P-1,一,5.00,成功,\n", "is no number"},
		"line zero":       {header + "P-1,0,5.00,成功,\n", "is no number"},
		"no amount":       {header + "P-1,1,,成功,\n", "amount cannot be read"},
		"negative amount": {header + "P-1,1,-5.00,成功,\n", "amount cannot be read"},
		"part of a fen":   {header + "P-1,1,5.001,成功,\n", "amount cannot be read"},
		"unclear result":  {header + "P-1,1,5.00,处理中,\n", "result is not clear"},
		"no such day":     {header + "P-1,1,5.00,成功,2026-02-30\n", "date cannot be read"},
		"answered twice":  {header + "P-1,1,5.00,成功,\nP-1,1,5.00,失败,\n", "answered on line 2"},
		"a web page":      {"<html><table>", "web page"},
	} {
		_, err := BankReturns(bankFileOf(t, x.text), Options{})
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
	if _, err := BankReturns(filepath.Join(t.TempDir(), "none.csv"), Options{}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
}
