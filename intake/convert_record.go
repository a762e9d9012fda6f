package intake

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

func (f fields) organisation(id string) zhuanhua.Organisation {
	o := zhuanhua.Organisation{ID: id, Name: f.one("name"), USCC: f.uscc(), Region: f.region("region")}
	if f.one("kind") == string(zhuanhua.OrgOther) { // which elsewhere means that nothing is stated
		o.Kind = zhuanhua.OrgOther
	} else {
		o.Kind = readOne(f, "kind", readOrgKind, "write 高等院校, 科研院所, 企业, 技术转移机构, 主管部门 or 其他")
	}
	f.required("name", o.Name)
	return o
}

// uscc reads the unified social credit code and says what is wrong with it.
func (f fields) uscc() string {
	cell, s := f.firstCell("uscc")
	if !said(s) {
		return ""
	}
	code := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "", "\n", "").Replace(norm.NFKC.String(s)))
	what := zhuanhua.CheckUSCC(code)
	if what == "" {
		return code
	}
	do := "compare it with the certificate (营业执照)"
	if strings.ContainsAny(s, "eE+") && strings.Contains(s, ".") || len(code) == 18 && strings.HasSuffix(code, "000") {
		do = "the spreadsheet may have made a number of it: format the column as text and write it again"
	}
	f.tell(cell, what, do)
	return ""
}

var orgKindWords = wordTable[zhuanhua.OrgKind]{
	{zhuanhua.OrgOther, []string{"非企业", "社会团体", "社会组织", "other"}},
	{zhuanhua.OrgBroker, []string{"技术转移", "中介", "经纪", "broker"}},
	{zhuanhua.OrgUniversity, []string{"高等", "大学", "高校", "学院", "院校", "university", "college"}},
	{zhuanhua.OrgInstitute, []string{"科研", "研究院", "研究所", "院所", "institute"}},
	{zhuanhua.OrgEnterprise, []string{"企业", "公司", "enterprise", "company"}},
	{zhuanhua.OrgAuthority, []string{"主管", "部门", "政府", "机关", "authority"}},
}

func readOrgKind(s string) (zhuanhua.OrgKind, bool) {
	return orgKindWords.find(strings.ToLower(norm.NFKC.String(s)))
}

func (f fields) person(id string) zhuanhua.Person {
	p := zhuanhua.Person{ID: id, Name: f.one("name"), Organisation: f.one("organisation"), Title: f.one("title"),
		Fields: f.list("fields", true), Contact: f.one("contact")}
	f.required("name", p.Name)
	return p
}

func (f fields) contract(id string) zhuanhua.Contract {
	c := zhuanhua.Contract{
		ID: id, NationalNo: f.one("national_no"), Title: f.one("title"), Seller: f.one("seller"), Buyer: f.one("buyer"),
		Term: f.term(), Amount: f.money("amount"), TechDeclared: f.money("tech_declared"), TechVerified: f.money("tech_verified"),
		Region: f.region("region"), TechField: f.one("field"), Achievements: f.list("achievements", true),
	}
	c.Type = readOne(f, "type", readContractType, "write 技术开发, 技术转让, 技术许可, 技术咨询 or 技术服务")
	c.Signed = readOne(f, "signed", readDate, "write the day as 2027-12-31")
	f.required("title", c.Title)
	f.within("tech_declared", c.TechDeclared, c.Amount)
	f.within("tech_verified", c.TechVerified, c.Amount)
	return c
}

// within tells of a part of an amount that is larger than the whole.
func (f fields) within(noun string, part, whole *zhuanhua.Money) {
	if part == nil || whole == nil || *part <= *whole {
		return
	}
	cell, _ := f.firstCell(noun)
	f.tell(cell, "the technical part is larger than the amount of the contract", "compare both with the contract, and their units (元, 万元)")
}

// term reads the validity of a contract, from one column or from two.
func (f fields) term() zhuanhua.Period {
	const do = "write two days such as 2026-01-01至2027-12-31"
	p := readOne(f, "term", readPeriod, do)
	p.From = firstOf(p.From, readOne(f, "term_from", readFirstDay, "write the day as 2027-12-31"))
	p.To = firstOf(p.To, readOne(f, "term_to", readDate, "write the day as 2027-12-31"))
	if !p.To.IsZero() && p.To.Before(p.From) {
		cell, _ := f.firstCell("term_to")
		if cell.Column == "" {
			cell, _ = f.firstCell("term")
		}
		f.tell(cell, fmt.Sprintf("the term ends on %s, before it begins on %s", p.To, p.From), do)
	}
	return p
}

var periodMiddle = regexp.MustCompile(`\s*(?:至|到|~|～|—+|–|--| - )\s*`)

// readPeriod reads two days with 至 or a dash between.
func readPeriod(s string) (zhuanhua.Period, bool) {
	parts := periodMiddle.Split(strings.TrimPrefix(strings.TrimPrefix(s, "自"), "从"), -1)
	if len(parts) != 2 {
		return zhuanhua.Period{}, false
	}
	from, ok1 := readFirstDay(strings.TrimSuffix(parts[0], "起"))
	to, ok2 := readDate(parts[1])
	return zhuanhua.Period{From: from, To: to}, ok1 && ok2
}

var contractWords = wordTable[zhuanhua.ContractType]{
	{zhuanhua.ContractConsulting, []string{"咨询", "con"}},
	{zhuanhua.ContractService, []string{"服务", "培训", "中介", "svc", "service"}},
	{zhuanhua.ContractDevelopment, []string{"开发", "dev"}},
	{zhuanhua.ContractLicence, []string{"许可", "lic"}},
	{zhuanhua.ContractTransfer, []string{"转让", "trf", "transfer", "assign"}},
}

func readContractType(s string) (zhuanhua.ContractType, bool) {
	return contractWords.find(strings.ToLower(norm.NFKC.String(s)))
}

// splitCell cuts a list in one cell; a list written as JSON, ["a；b","c"], is taken as it is, which lets
// an export write items that hold the dividing characters.
func splitCell(s string, blanks bool) []string {
	if strings.HasPrefix(s, `["`) && strings.HasSuffix(s, `"]`) {
		var items []string
		if json.Unmarshal([]byte(s), &items) == nil {
			return items
		}
	}
	return splitList(s, blanks)
}

// SplitList is how a cell is cut into the items of a list, so that an export can see whether what it
// writes is read as it was meant.
func SplitList(cell string, words bool) []string { return splitCell(cell, words) }

// unguard takes off the apostrophes that keep a spreadsheet program from taking a text for a formula.
func unguard(s string) string {
	if !strings.HasPrefix(s, "'") {
		return s
	}
	if rest := strings.TrimLeft(s, "'"); IsFormula(rest) {
		return rest
	}
	return s
}

// IsFormula reports whether a spreadsheet program could take a text for a formula when a csv file is
// opened with it. A plain number is none.
func IsFormula(s string) bool {
	return s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s[:min(len(s), 4)])[0]) && !isNumber(s)
}
