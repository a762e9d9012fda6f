package write

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/intake"
)

func batch() zhuanhua.Payment {
	at := time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC) // the 3rd in Beijing
	return zhuanhua.Payment{ID: "P-2026-0001", Lines: []zhuanhua.PaymentLine{
		{N: 1, Case: "after-subsidy-2026-00001", Tranche: 1, Name: "示例制糖有限公司", Account: "6222020000000000123", Amount: 124_000_001, State: "paid", At: at},
		{N: 2, Case: "after-subsidy-2026-00002", Tranche: 1, Name: "=示例(公式)", Account: "0012", Amount: 5, State: "returned", Reason: "账号不存在", At: at},
		{N: 3, Case: "after-subsidy-2026-00003", Tranche: 2, Name: "示例院校", Account: "1", Amount: 100, State: "ordered"},
	}}
}

// TestPaymentsComeBack: the list that the bank has filled in is read as it was written, to the fen, in both formats.
func TestPaymentsComeBack(t *testing.T) {
	for _, f := range []Format{CSV, XLSX} {
		path := filepath.Join(t.TempDir(), "list."+string(f))
		w, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := Payments(w, f, batch()); n != 3 || err != nil {
			t.Fatal(n, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		list, err := intake.BankReturns(path, intake.Options{})
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		day := zhuanhua.Date{Year: 2026, Month: 3, Day: 3}
		want := []intake.BankReturn{
			{Row: 2, Batch: "P-2026-0001", N: 1, Amount: 124_000_001, Paid: true, On: day},
			{Row: 3, Batch: "P-2026-0001", N: 2, Amount: 5, Reason: "账号不存在", On: day}}
		if len(list) != len(want) {
			t.Fatalf("%s: %d answers, want %d: the third line has none yet", f, len(list), len(want))
		}
		for i := range want {
			if list[i] != want[i] {
				t.Errorf("%s: read %+v, want %+v", f, list[i], want[i])
			}
		}
	}
}

// TestAccountsAreTexts: long account numbers keep their digits and leading zeros in a workbook.
func TestAccountsAreTexts(t *testing.T) {
	for _, v := range paymentLine("P", batch().Lines[1]) {
		if v.text == "0012" && v.numeric {
			t.Error("the account is written as a number")
		}
	}
	if _, err := Payments(&strings.Builder{}, JSONL, batch()); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Errorf("jsonl: %v", err)
	}
}
