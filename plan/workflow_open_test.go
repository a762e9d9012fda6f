package plan_test

import (
	"strings"
	"testing"

	"zhuanhua/plan"
	"zhuanhua/plan/plantest"
)

// TestWorkflowsLeaveOpen: a period or a number of experts that is assumed is told with all else that the
// plan leaves open, by value and by who may set it; what a document states is not.
func TestWorkflowsLeaveOpen(t *testing.T) {
	open := map[string]plan.Missing{}
	for _, m := range plantest.Load(t, plantest.Guangxi).NotSet() {
		open[m.ID] = m
	}
	for id, want := range map[string]string{
		"after-subsidy.publicity":                      "5 workdays by KJT",
		"after-subsidy.tracking":                       "12 months by KJT CZT",
		"after-subsidy.assign.experts":                 "3 experts by KJT",
		"rolling-support.assign.experts":               "5 experts by KJT",
		"rolling-support.assign_year.experts":          "3 experts by KJT",
		"challenge-demand.bidding":                     "30 days by KJT",
		"horizontal-project.reply":                     "20 workdays by KJT",
		"horizontal-project.assign_acceptance.experts": "3 experts by KJT",
	} {
		m, ok := open[id]
		if !ok || m.Assumed == nil || *m.Assumed+" by "+strings.Join(m.SetBy, " ") != want {
			t.Errorf("%s: %+v, want %s", id, m, want)
		}
	}
	if m, ok := open["rolling-support.support_year"]; ok {
		t.Errorf("the plan says year by year, and it is told as open: %+v", m)
	}
}

// TestExpertsAssumed: who may set the number of experts has to be a department.
func TestExpertsAssumed(t *testing.T) {
	files := plantest.Files(t, plantest.Guangxi)
	const name = "workflows/after-subsidy.yaml"
	files[name].Data = []byte(strings.Replace(string(files[name].Data), "暂定3名。, en: \"Not stated; 3 are assumed.\"}, set_by: [KJT]", "暂定3名。, en: \"Not stated; 3 are assumed.\"}, set_by: [KJTT]", 1))
	_, err := plan.Load(files, plantest.Guangxi, plantest.Options())
	if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "KJTT") || !strings.Contains(err.Error(), "部门") {
		t.Errorf("%v", err)
	}
}
