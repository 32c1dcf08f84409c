package web

// ReadMonthsBy lets a month be read in small parts, until the function that is given is called.
func ReadMonthsBy(n int) func() {
	before := monthPart
	monthPart = n
	return func() { monthPart = before }
}
