package vector

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The texts of the tests: made up from lists, the same for the same seed.

var (
	topics = []string{"甘蔗渣", "石墨烯", "铝合金", "锂离子电池", "高锰酸钾", "中药材", "海水养殖", "动力电池梯次利用", "装载机",
		"水稻", "热轧带钢", "双官能团单体", "生物质燃料", "机器视觉", "遥感影像", "废水", "红壤", "桉树", "罗汉果", "北部湾牡蛎"}
	verbs    = []string{"研发", "优化", "制备", "检测", "回收", "预测", "改良", "提取", "建立了", "解决了"}
	things   = []string{"工艺", "装置", "模型", "方法", "材料", "系统", "专用设备", "品种", "算法", "标准"}
	measures = []string{"纯度≥99.5%", "密度1.80 g/cm³", "温度为-40℃～85℃", "产率提高了12.3 %", "容量为5000mAh", "成本降低30万元/年",
		"pH 6.5-7.0", "精度达±0.02mm", "转速3,000r/min", "粒径＜50nm", "COD≤60 mg/L", "功率1.5MW"}
	latin = []string{"LED", "IGBT", "LiFePO4", "deep learning", "Transformer", "PLC", "GB/T 19001-2016", "Fe3O4@SiO2", "5G",
		"unbelievable", "Naïve Bayes", "café", "Ångström", "e-commerce", "ISO9001", "α-Al₂O₃", "TensorFlow 2.0", "XGBoost"}
)

// abstracts makes texts of the length and look of abstracts, 30 to 250 characters.
func abstracts(n int, seed uint64) []string {
	rnd := rand.New(rand.NewPCG(seed, 1))
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for length := 30 + rnd.IntN(180); len([]rune(b.String())) < length; {
			fmt.Fprintf(&b, "针对%s%s中%s的问题，%s基于%s的%s%s，", pick(topics), pick(verbs), pick(things), pick(verbs), pick(latin), pick(topics), pick(things))
			fmt.Fprintf(&b, "%s%s，%s。", pick(topics), pick(measures), pick(measures))
		}
		r := []rune(b.String())
		out[i] = string(r[:min(len(r), 250)])
	}
	return out
}

// ranges of characters that tokenizers stumble over.
var nastyRanges = [][2]rune{
	{0x00, 0x1F}, {0x20, 0x7E}, {0x7F, 0xFF}, {0x100, 0x24F}, {0x250, 0x2FF}, {0x300, 0x36F}, {0x370, 0x3FF}, {0x400, 0x4FF},
	{0x590, 0x5FF}, {0x600, 0x6FF}, {0x900, 0x97F}, {0xE00, 0xE7F}, {0x1100, 0x11FF}, {0x1E00, 0x1EFF}, {0x1F00, 0x1FFF},
	{0x2000, 0x206F}, {0x2070, 0x20CF}, {0x20D0, 0x20FF}, {0x2100, 0x218F}, {0x2190, 0x23FF}, {0x2460, 0x24FF}, {0x2500, 0x27BF},
	{0x2E80, 0x2FDF}, {0x3000, 0x303F}, {0x3040, 0x30FF}, {0x3100, 0x312F}, {0x3200, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
	{0xA000, 0xA4CF}, {0xAC00, 0xD7A3}, {0xE000, 0xE0FF}, {0xF900, 0xFAFF}, {0xFB00, 0xFDFF}, {0xFE00, 0xFE6F}, {0xFF00, 0xFFEF},
	{0xFFF0, 0xFFFF}, {0x10000, 0x103FF}, {0x1D400, 0x1D7FF}, {0x1F300, 0x1FAFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2EBE0},
	{0x2F800, 0x2FA1F}, {0x30000, 0x3134A}, {0xE0000, 0xE01EF}, {0xF0000, 0xF00FF}, {0x10FF00, 0x10FFFF},
}

// nasty makes texts of characters from all over Unicode, mixed with words, tokens and abstracts.
func nasty(n int, seed uint64) []string {
	rnd := rand.New(rand.NewPCG(seed, 2))
	sentences := abstracts(64, seed+1)
	fixed := []string{"", " ", "\t\n\r", "。", "[CLS]", "[SEP][SEP]", "[MASK", "a[UNK]b", "[[PAD]]", "##", "##ing", "\x00", "\ufffd", "\u200d",
		"👨‍👩‍👧‍👦", "🇨🇳", "e\u0301", "한국어", "ﾃｽﾄ", "ＡＢＣ１２３", "İstanbul", "ß", "Σίσυφος", "שלום", "مرحبا", "नमस्ते",
		strings.Repeat("a", 99), strings.Repeat("a", 100), strings.Repeat("a", 101), strings.Repeat("é", 100), strings.Repeat("é", 101),
		strings.Repeat("中", 509), strings.Repeat("中", 510), strings.Repeat("中", 511), strings.Repeat("unbelievable ", 600)}
	out := append([]string{}, fixed...)
	for len(out) < n {
		var b strings.Builder
		for range 1 + rnd.IntN(12) {
			switch r := nastyRanges[rnd.IntN(len(nastyRanges))]; rnd.IntN(6) {
			case 0:
				b.WriteString(latin[rnd.IntN(len(latin))])
			case 1:
				b.WriteString(fixed[rnd.IntN(26)])
			case 2:
				s := []rune(sentences[rnd.IntN(len(sentences))])
				b.WriteString(string(s[:rnd.IntN(len(s))]))
			default:
				for range rnd.IntN(10) {
					b.WriteRune(r[0] + rnd.Int32N(r[1]-r[0]+1))
				}
			}
			if rnd.IntN(3) == 0 {
				b.WriteByte(' ')
			}
		}
		out = append(out, b.String())
	}
	return out[:n]
}
