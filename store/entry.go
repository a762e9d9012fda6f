package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"zhuanhua"
)

// entries are history too: a wrong one gets its opposite.
func entries() noun {
	return noun{kind: zhuanhua.NounEntry, table: "entries", casework: true, fixed: true,
		search: []column{{"programme", text}, {"year", integer}, {"organisation", text}, {"case_id", text}, {"payment", text}, {"unit", text}, {"debit", text}, {"credit", text}, {"amount", integer}},
		values: func(image []byte) (string, []any, error) {
			var e zhuanhua.Entry
			err := json.Unmarshal(image, &e)
			return e.ID, []any{e.Programme, int64(e.Year), e.Organisation, e.Case, e.Payment, string(e.Unit), string(e.Debit), string(e.Credit), e.Amount}, err
		}}
}

// Balance is what stands on one account of the ledger for a programme, year and organisation.
type Balance struct {
	Unit         zhuanhua.Unit    `json:"unit"`
	Account      zhuanhua.Account `json:"account"`
	Programme    string           `json:"programme"`
	Year         int              `json:"year"`
	Organisation string           `json:"organisation"`
	Debit        int64            `json:"debit"`
	Credit       int64            `json:"credit"`
}

// balanceQuery takes each entry twice, once for either side.
const balanceQuery = `SELECT unit, account, programme, year, organisation, CAST(sum(debit) AS bigint), CAST(sum(credit) AS bigint) FROM (
	SELECT unit, debit AS account, programme, year, organisation, amount AS debit, 0 AS credit FROM entries
	UNION ALL SELECT unit, credit, programme, year, organisation, 0, amount FROM entries
) AS sides GROUP BY unit, account, programme, year, organisation ORDER BY unit, programme, year, organisation, account`

// Balances sums the ledger, at one moment of the database.
func (s *Store) Balances(ctx context.Context) iter.Seq2[Balance, error] {
	return func(yield func(Balance, error) bool) {
		rows, err := s.db.reader().QueryContext(ctx, balanceQuery)
		if err != nil {
			yield(Balance{}, dbError("the ledger cannot be read", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			b, err := scanBalance(rows)
			if !yield(b, dbError("the ledger cannot be read", err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Balance{}, dbError("the ledger cannot be read", err))
		}
	}
}

func scanBalance(rows *sql.Rows) (b Balance, err error) {
	err = rows.Scan(&b.Unit, &b.Account, &b.Programme, &b.Year, &b.Organisation, &b.Debit, &b.Credit)
	return b, err
}
