package text

import (
	_ "embed"
	"strings"
	"sync"
)

// The words of technical Chinese come from the public code tables (NSFC disciplines, GB/T 4754-2017,
// IPC 2026.01; see NOTICE), cut by tools/make-terms.
//
//go:embed terms.txt
var termTable string

var terms = sync.OnceValue(func() map[string]struct{} {
	m := make(map[string]struct{}, 22000)
	for line := range strings.Lines(termTable) {
		m[strings.TrimSuffix(line, "\n")] = struct{}{}
	}
	return m
})

// IsTerm reports whether a folded string is a known technical word of two to six characters.
func IsTerm(s string) bool {
	_, ok := terms()[s]
	return ok
}

// IsWordPair reports whether two folded characters make a word by themselves: a known term or a word
// of everyday technical prose.
func IsWordPair(a, b rune) bool {
	w := string([]rune{a, b})
	if IsTerm(w) {
		return true
	}
	_, ok := boilerplate()[w]
	return ok
}

// Words that stand in every second text and say nothing of what a text is about: no reason for a
// match may rest on them alone.
var boilerplate = sync.OnceValue(func() map[string]struct{} {
	m := map[string]struct{}{}
	for _, w := range strings.Fields(boilerplateWords) {
		m[w] = struct{}{}
	}
	return m
})

const boilerplateWords = `
技术 研究 系统 应用 方法 开发 研发 设备 产品 企业 项目 装置 工艺 生产 制造 加工 设计 管理 平台 服务 质量 性能
提高 提升 降低 实现 采用 利用 使用 具有 要求 需求 目标 指标 成果 关键 核心 产业 产业化 示范 推广 公司 目前 问题 解决 方案
新型 高效 高性能 智能 智能化 自动化 自动 控制 优化 改进 创新 综合 工程 建设 市场 效益 经济 社会 国内 国际 先进 领先 水平 传统
相关 有关 主要 重要 一种 以及 进行 通过 能够 可以 满足 达到 不低于 不少于 不超过 不高于 以上 以下 以内 左右 大于 小于 提供 形成 建立 完成
材料 过程 结构 功能 条件 环境 效果 效率 成本 数据 信息 模型 分析 检测 监测 测试 试验 实验 评价 处理 制备 合成 能力 技术指标 预期
生成 形成 构成 组成 达成 制成 合成 变成 减少 增加 下降 上升 保持 保证 开展 推动 促进 支持 解决 改善 加强 扩大 缩短 延长 替代 取代 需要 希望 目前 现有 已有 原有 其中 之间 之后 以后 同时 由于 因为 因此 如果 但是 没有 不能 不是
只有 四个 得到 产生 发现 适合 合格 结果 操作 提前 连续 长期 移动 内部 状态 直接 容易 出现 存在 属于 包括 其他 部分 一次 两个 三个 每年 每天 以前 现在 今年 去年
单位 行业 领域 地区 广西 我国 中国 自主 知识产权 专利 发明 实用 用户 客户 人员 团队 合作 投资 转让 许可 年产 规模 批量 稳定 稳定性
安全 环保 节能 绿色 可靠 可靠性 精度 高精度 低成本 高质量 大型 小型 不同 多种 各种 整体 全面 有效 良好 明显 显著 较高 较低 工作 时间 运行
年 月 日 吨 亩 米 克 元 个 种 项 套 台 件 和 的 与 及 或 在 对 为 以 等 中 上 下 了 可 高 低 大 小 新 多 化 性 型 式 用 其 该 从 并 后 前 内 外 将 由 于 需 能 不 有 是 到 按 经 每 第 一 二 三
`

// Boilerplate reports whether a folded phrase is nothing but words that say nothing: it can be cut
// wholly into them.
func Boilerplate(phrase string) bool {
	r := []rune(phrase)
	reach := make([]bool, len(r)+1) // reach[i]: the first i characters are boilerplate
	reach[0] = true
	for i := range r {
		if !reach[i] {
			continue
		}
		if r[i] == ' ' {
			reach[i+1] = true
			continue
		}
		for n := 1; n <= 5 && i+n <= len(r); n++ {
			if _, ok := boilerplate()[string(r[i:i+n])]; ok {
				reach[i+n] = true
			}
		}
	}
	return reach[len(r)]
}

// IsFunction reports whether a folded character joins words rather than being part of one: a phrase
// neither begins nor ends with it.
func IsFunction(r rune) bool {
	return strings.ContainsRune("的了和与及或在对为以等并将由于其该从而被把是有可需能不经每到按且所之个各百千万十次项", r)
}
