package inbox

import (
	"errors"
	"testing"
	"time"
)

func TestParseSearch(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]Search{
		"":                              {},
		" sara  j ":                     {Text: "sara j"},
		"is:unread is:unanswered":       {Unread: true, Unanswered: true},
		"is:closing":                    {Closing: 12 * time.Hour},
		"is:archived is":                {Archived: true, Text: "is"},
		"is:problem":                    {Problems: true},
		"is:problems platform:x":        {Problems: true, Platform: Twitter},
		"platform:fb":                   {Platform: Facebook},
		"platform:IG":                   {Platform: Instagram},
		"platform:instagram":            {Platform: Instagram},
		"platform:twitter account:b2":   {Platform: Twitter, Account: "b2"},
		"left<2h sara":                  {Closing: 2 * time.Hour, Text: "sara"},
		"left<1d12h":                    {Closing: day + 12*time.Hour},
		"left<1w":                       {Closing: 7 * day},
		"https://shop.example/42 10:30": {Text: "https://shop.example/42 10:30"},
	} {
		if got, err := ParseSearch(text, 12*time.Hour); err != nil || got != want {
			t.Errorf("%q is %+v, %v, not %+v", text, got, err, want)
		}
	}
}

func TestSearchErrorPointsAtTheTerm(t *testing.T) {
	for text, at := range map[string]int{
		"is:unred": 0, "is:": 0, "sara left<2x": 5, "left<": 0, "left<0h": 0, "left<-1h": 0, "left<99999999h": 0,
		"a  platform:": 3, "platform:mail": 0, "is:unread account:": 10,
	} {
		_, err := ParseSearch(text, time.Hour)
		var wrong *SearchError
		if !errors.As(err, &wrong) || wrong.At != at || wrong.Term == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ParseSearch("is:archived is:unread", time.Hour); err == nil {
		t.Error("archived and unread is no contradiction")
	}
}

func TestSearchTakesTheViewThatLeavesTheLeastToCheck(t *testing.T) {
	for text, want := range map[string]struct {
		view  View
		exact bool
	}{
		"sara": {ViewAll, true}, "is:unread": {ViewUnread, true}, "is:unread is:unanswered": {ViewUnanswered, false},
		"left<2h is:unanswered": {ViewUnanswered, true}, "is:problems is:unread": {ViewProblems, false}, "is:archived": {ViewArchived, true},
	} {
		s, err := ParseSearch(text, time.Hour)
		if err != nil || s.Query().View != want.view || s.Exact() != want.exact {
			t.Errorf("%q: %v, %v, %v", text, s.Query().View, s.Exact(), err)
		}
	}
}
