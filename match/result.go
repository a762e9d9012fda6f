package match

// Level is how well an achievement fits a need, in the four words of the people who judge such pairs.
type Level string

// The levels, best first.
const (
	Strong Level = "strong" // 强相关
	Fair   Level = "fair"   // 较强相关
	Weak   Level = "weak"   // 弱相关
	None   Level = "none"   // 无相关
)

// Chinese is the level as officials write it.
func (l Level) Chinese() string {
	switch l {
	case Strong:
		return "强相关"
	case Fair:
		return "较强相关"
	case Weak:
		return "弱相关"
	}
	return "无相关"
}

// Result is what was found for one need.
type Result struct {
	NeedID  string  `json:"need_id"`
	Matches []Match `json:"matches"` // best first, never nil; only levels better than None
	// NoGood is there where no match is 较强相关 or better.
	NoGood *NoGood `json:"no_good_match,omitempty"`
}

// Match is one achievement proposed for a need, with what speaks for and against it.
type Match struct {
	AchievementID string      `json:"achievement_id"`
	Score         float64     `json:"score"` // 0–1, falling along the list
	Level         Level       `json:"level"`
	Chances       *Chances    `json:"chances,omitempty"` // where the ranker judged the pair and there is evidence
	Reasons       []Reason    `json:"reasons"`
	Against       []Objection `json:"against"`
	Same          []Same      `json:"same,omitempty"` // other wordings of the same achievement, as they rank
}

// Chances are those of the four levels; they sum to 1.
type Chances struct {
	None   float64 `json:"none"`
	Weak   float64 `json:"weak"`
	Fair   float64 `json:"fair"`
	Strong float64 `json:"strong"`
}

// Reason kinds.
const (
	ReasonPhrase  = "phrase"  // the same words in both texts
	ReasonPassage = "passage" // two passages that the encoder finds close
	ReasonNumber  = "number"  // an indicator wanted and a figure offered
	ReasonField   = "field"   // the same technology field, industry or classification
)

// Reason is one thing that speaks for a match: a span of the need's text and one of the achievement's.
type Reason struct {
	Kind        string `json:"kind"`
	Need        Span   `json:"need"`
	Achievement Span   `json:"achievement"`
	// Fall is by how much the score falls when the achievement's text stands without this span, all else
	// in the library as it is: told where Ask.Prove asks for it. Below 0 the score would rise.
	Fall *float64 `json:"fall,omitempty"`
	// Note says in words what the two spans have in common ("要求≥67%，成果为72%"); for people only.
	Note string `json:"-"`
}

// Span is a quotation: Text stands in the raw value of the input file's column Field from Start up to
// End, counted in Unicode code points before any trimming or folding.
type Span struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Objection kinds.
const (
	AgainstRegion   = "region"   // it is offered or has landed elsewhere
	AgainstMaturity = "maturity" // not as far as the need asks
	AgainstMode     = "mode"     // no common way of cooperation
	AgainstPrice    = "price"    // dearer than the budget
	AgainstRight    = "right"    // a right has ended
	AgainstNumber   = "number"   // an indicator is missed
	AgainstUnclear  = "unclear"  // an indicator that stands in both texts and cannot be compared
	AgainstMissing  = "missing"  // what the need names and the achievement does not
	AgainstThin     = "thin"     // the texts are too short to tell
)

// Objection is one thing that speaks against a match, in words for people, with what stands in both
// texts where that can be quoted.
type Objection struct {
	Kind        string `json:"kind"`
	Message     string `json:"message"`
	English     string `json:"english,omitempty"`
	Need        *Span  `json:"need,omitempty"`
	Achievement *Span  `json:"achievement,omitempty"`
}
