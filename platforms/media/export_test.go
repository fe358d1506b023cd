package media

// For the tests in media_test.

var (
	KindOf   = kindOf
	LengthOf = lengthOf
)

// AtOnce is how many fetches are under way at the most.
const AtOnce = atOnce
